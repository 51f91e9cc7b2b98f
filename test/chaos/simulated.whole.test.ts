// A simulated run with every fault while parts of the program are killed: what `simulate verify` says of it, event for event.
// SIMULATE_EVENTS=1000000 SIMULATE_KILLS=20 is the long form (npm run chaos:simulate), CHAOS_SEED repeats the kills.

import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { clusterOf } from '../../src/connections.ts';
import { createKafka } from '../../src/kafka/client.ts';
import { readLedger } from '../../src/simulator/ledger/read.ts';
import { verifyRun } from '../../src/simulator/ledger/verify.ts';
import { readOptions } from '../../src/simulator/options.ts';
import { runSimulation } from '../../src/simulator/run.ts';
import { openTestPool, testLog } from '../support/database.ts';
import { eventually } from '../support/line.ts';
import { LINE, type Program, programSettings, startProgram } from '../support/program.ts';
import { seeded } from './random.ts';
import { killPart, VICTIMS } from './victims.ts';

const EVENTS = Number(process.env.SIMULATE_EVENTS ?? 2_000);
const KILLS = Number(process.env.SIMULATE_KILLS ?? 2);
const SEED = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 2 ** 31));
const BETWEEN_MS = 3_000;
/** A second for each kill's share of the events would be too few to be under way when it comes. */
const SECONDS = Math.ceil(((KILLS + 1) * BETWEEN_MS) / 1000);
const LEAST_RATE = 100;
const MOST_RATE = 4_000;
const RATE = Math.min(MOST_RATE, Math.max(LEAST_RATE, Math.ceil(EVENTS / SECONDS)));
const DURATION_MS = Math.ceil((EVENTS / RATE) * 1000);
const PATIENCE_MS = 300_000;

/** Kills parts, spread over the run, until as many are dead as there are to be. */
async function killParts(program: Program): Promise<Record<string, number>> {
  const random = seeded(SEED);
  const killed: Record<string, number> = {};
  const pauseMs = Math.max(BETWEEN_MS, DURATION_MS / (KILLS + 1));
  for (let kills = 0; kills < KILLS; ) {
    await sleep(pauseMs * (0.5 + random()) * (kills === 0 ? 0.5 : 1));
    const victim = VICTIMS[Math.floor(random() * VICTIMS.length)] ?? 'ingest';
    if (!killPart(victim, program.pid, program.env.DATA_DIR ?? '')) continue;
    killed[victim] = (killed[victim] ?? 0) + 1;
    kills += 1;
  }
  return killed;
}

it(`${EVENTS} events with every fault, ${KILLS} kills, seed ${SEED}: nothing differs, and one that is hidden is found`, {
  timeout: DURATION_MS * 4 + 2 * PATIENCE_MS,
}, async () => {
  const settings = await programSettings();
  const program = await startProgram({ ...settings, LOG_LEVEL: 'silent' }, [...LINE, 'live']);
  const config = readConfig(program.env, {});
  const kafka = createKafka(clusterOf(config), 'test-chaos', testLog);
  const options = readOptions(
    {
      users: RATE,
      rate: String(RATE),
      duration: `${DURATION_MS}ms`,
      target: 'kafka',
      chaos: 'all=5%',
      seed: SEED,
    },
    undefined,
    Date.now(),
  );
  const place = {
    kafka,
    topic: config.KAFKA_TOPIC,
    dataDir: config.DATA_DIR,
    shop: program.url,
    secret: undefined,
    log: testLog,
  };
  const running = runSimulation(options, place, new AbortController().signal);
  const [{ file = '', tally }, killed] = await Promise.all([running, killParts(program)]);
  const pool = openTestPool(program.databaseUrl());
  const verifier = { kafka, pool, group: config.KAFKA_GROUP, sessions: true, timeoutMs: PATIENCE_MS };
  const ledger = await readLedger(file);
  // A part that was killed last may still be on its way back.
  const compared = await eventually(() => verifyRun(ledger, verifier).catch(() => false as const), 300);
  const { stored, duplicate, setAside } = compared.counted;
  const counts = { stored, duplicate, ...Object.fromEntries(setAside) };
  console.log(`chaos: ${JSON.stringify({ seed: SEED, killed, sends: tally.sends, ...counts })}`);
  expect(tally.sends).toBeGreaterThan(EVENTS * 0.9);
  expect(ledger.entries).toHaveLength(tally.sends);
  expect(compared.differences).toEqual([]);

  const hidden = ledger.entries.find(
    ({ expect: expected, faults }) => expected === 'stored' && faults.length === 0,
  );
  await pool.query('DELETE FROM events WHERE order_id = $1', [hidden?.order_id]);
  const { differences } = await verifyRun(ledger, verifier);
  expect(differences[0]).toBe(`n ${hidden?.n} (${hidden?.order_id}): is not in the table, expected a row`);
  expect(differences.slice(1).every((words) => words.includes('_counts '))).toBe(true);
  await program.stop();
});
