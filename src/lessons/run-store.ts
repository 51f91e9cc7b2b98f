// The run of a lesson in Postgres: what its question needs outlives the process that played it. One query a function.

import { z } from 'zod';
import type { Pool } from '../db/pool.ts';
import { ledgerSchema } from '../pipeline/ledger.ts';

/** A run whose process has not said anything for longer was cut short. */
const ABSENT_AFTER_SECONDS = 10;

const notedSchema = z.object({
  visitor: z.string(),
  /** Of the lesson's readers. */
  group: z.string(),
  /** As it was when the run began. */
  ledger: ledgerSchema.nullable(),
  /** Where the topic ended when the run began: partition and offset. */
  ends: z.array(z.tuple([z.int(), z.int()])),
  lagPeak: z.number(),
  outboxPeak: z.number(),
  /** Events that the shop had turned away when the run began, and since then. */
  turnedAwayBefore: z.number().default(0),
  turnedAway: z.number().default(0),
  /** The visitor's events, in the order of their times. */
  visits: z.array(z.object({ orderId: z.string(), time: z.string() })),
});

/** What is known of a run, whoever plays it. */
export type NotedRun = Readonly<z.infer<typeof notedSchema>> & {
  /** Milliseconds since 1970. */
  readonly began: number;
  readonly over: boolean;
  /** Why it could not be done; undefined where it could. */
  readonly failure: string | undefined;
};

/** Begins a run in the place of any other. @throws pg's error */
export async function beginRun(pool: Pool, id: string, lesson: string, run: NotedRun): Promise<void> {
  await pool.query(
    `INSERT INTO lesson_run (id, lesson, began_at, noted) VALUES ($1, $2, $3, $4)
     ON CONFLICT (one) DO UPDATE SET id = excluded.id, lesson = excluded.lesson, began_at = excluded.began_at,
       noted = excluded.noted, is_over = false, failure = NULL, seen_at = clock_timestamp()`,
    [id, lesson, new Date(run.began), JSON.stringify(notedSchema.parse(run))],
  );
}

/** Keeps what is noted by now. @returns false where another run has taken its place. @throws pg's error */
export async function keepRun(pool: Pool, id: string, run: NotedRun): Promise<boolean> {
  const { rowCount } = await pool.query(
    'UPDATE lesson_run SET noted = $2, is_over = $3, failure = $4, seen_at = clock_timestamp() WHERE id = $1',
    [id, JSON.stringify(notedSchema.parse(run)), run.over, run.failure ?? null],
  );
  return rowCount === 1;
}

type Row = { noted: unknown; began_at: Date; is_over: boolean; failure: string | null; is_absent: boolean };

/** The run of a lesson; undefined where another one, or none, was played last. @throws pg's error */
export async function readRun(pool: Pool, lesson: string): Promise<NotedRun | undefined> {
  const { rows } = await pool.query<Row>(
    `SELECT noted, began_at, is_over, failure,
       NOT is_over AND seen_at < now() - interval '${ABSENT_AFTER_SECONDS} s' AS is_absent
     FROM lesson_run WHERE lesson = $1`,
    [lesson],
  );
  const [row] = rows;
  // A newer program may have noted something else.
  const noted = notedSchema.safeParse(row?.noted);
  if (row === undefined || !noted.success) return undefined;
  const failure = row.is_absent ? 'the process that played it has ended' : (row.failure ?? undefined);
  return { ...noted.data, began: row.began_at.getTime(), over: row.is_over || row.is_absent, failure };
}
