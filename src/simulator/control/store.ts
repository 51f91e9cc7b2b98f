// The shoppers' settings and reports in Postgres. One query a function.

import { z } from 'zod';
import type { Pool } from '../../db/pool.ts';
import { FAULT_NAMES } from '../core/faults.ts';
import { type Change, type Settings, settingsSchema } from './settings.ts';

/** Notified at each change of the settings. */
export const SIMULATOR_CHANNEL = 'shopstream_simulator';
/** A part without a report for longer counts as absent. */
const ABSENT_AFTER_SECONDS = 10;

const ms = z.number().nullable();

/** The shoppers' run since the settings last changed. */
export const runSchema = z.object({
  since: z.iso.datetime(),
  events: z.int().describe('that the shop, or Kafka for those that are to be set aside, has acknowledged'),
  rate: z.number().describe('events a second, of the last seconds'),
  errors: z.int().describe('pages that were not answered as a shop does'),
  missed: z.int().describe('starts that came more than a second late'),
  p50_ms: ms.describe('from the intended start to the answer'),
  p99_ms: ms.describe('as p50_ms'),
  faults: z.partialRecord(z.enum(FAULT_NAMES), z.int()).describe('how many events bear each fault'),
  ledger: z
    .string()
    .nullable()
    .describe('the run that `simulate verify` compares; written only while there are faults'),
});
export type Run = z.infer<typeof runSchema>;

/** What Postgres knows of the shoppers. */
export type SimulatorState = {
  readonly settings: Settings;
  readonly changedAt: Date;
  /** False where no part `simulator` runs. */
  readonly present: boolean;
  readonly run: Run | null;
};

type Row = { settings: unknown; changed_at: Date; present: boolean; run: Run | null };

const stateOf = ({ settings, changed_at, present, run }: Row): SimulatorState => {
  const parsed = settingsSchema.safeParse(settings);
  return {
    // A newer program may have stored settings that this one does not know.
    settings: parsed.success ? parsed.data : settingsSchema.parse({}),
    changedAt: changed_at,
    present,
    run: present ? run : null,
  };
};

const COLUMNS = `settings, changed_at, run,
  coalesce(reported_at > now() - interval '${ABSENT_AFTER_SECONDS} s', false) AS present`;

/** @throws pg's error */
export async function readSimulator(pool: Pool): Promise<SimulatorState> {
  const { rows } = await pool.query<Row>(`SELECT ${COLUMNS} FROM simulator`);
  return stateOf(rows[0] as Row);
}

/** Changes some settings, and notifies the part. @throws pg's error */
export async function changeSimulator(pool: Pool, change: Change): Promise<SimulatorState> {
  const { rows } = await pool.query<Row>(
    `WITH changed AS (
       UPDATE simulator SET settings = settings || $1::jsonb, changed_at = clock_timestamp() RETURNING ${COLUMNS}
     ), told AS (SELECT pg_notify('${SIMULATOR_CHANNEL}', '') FROM changed)
     SELECT changed.* FROM changed, told`,
    [JSON.stringify(change)],
  );
  return stateOf(rows[0] as Row);
}

/** Reports that the part runs, with its run, or null where there are no shoppers. @throws pg's error */
export async function reportRun(pool: Pool, run: Run | null): Promise<void> {
  await pool.query('UPDATE simulator SET run = $1, reported_at = now()', [
    run === null ? null : JSON.stringify(run),
  ]);
}

/** Reports that the part has stopped. @throws pg's error */
export async function reportAbsence(pool: Pool): Promise<void> {
  await pool.query('UPDATE simulator SET run = NULL, reported_at = NULL');
}
