// A run of the chaos test: load with repeated and broken messages while parts of the program are killed at random.
// CHAOS_KILLS=100 is the long form (npm run chaos), CHAOS_SEED repeats a run.

import { setTimeout as sleep } from 'node:timers/promises';
import { openTestPool } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import type { Program } from '../support/program.ts';
import { Load } from './load.ts';
import { seeded } from './random.ts';
import { isDrained, judge, type Verdict } from './verdict.ts';
import { killPart, VICTIMS, type Victim } from './victims.ts';

/** The small form kills each part once. */
export const KILLS = Number(process.env.CHAOS_KILLS ?? VICTIMS.length);
export const SEED = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 2 ** 31));
const SMALL = process.env.CHAOS_KILLS === undefined;
const BETWEEN_MS = SMALL ? 1_500 : 3_000;
const WARM_MS = SMALL ? 500 : 10_000;
const CALM_MS = SMALL ? 500 : 30_000;
/** As fast as they are taken, in the long form alone. */
const PAUSE_MS = SMALL ? 50 : 0;
const DRAIN_SECONDS = 120;

/** Kills these parts of a program under load, one after another; what the judge says of what is left. */
export async function chaos(program: Program, brokers: string, victims: readonly Victim[]): Promise<Verdict> {
  const random = seeded(SEED);
  const load = new Load(program.url, brokers, 'ecommerce', random);
  const { acknowledged } = load;
  load.start(PAUSE_MS);
  // What a program does before its code is compiled is no measure of what it does undisturbed.
  await sleep(WARM_MS);
  const cold = acknowledged.sends;
  await sleep(CALM_MS);
  const before = acknowledged.sends;
  const calmRate = ((before - cold) * 1000) / CALM_MS;
  const began = Date.now();
  const killed: Partial<Record<Victim, number>> = {};
  for (let kills = 0; kills < KILLS; ) {
    await sleep(BETWEEN_MS * (0.5 + random()));
    const left = victims.filter((part) => killed[part] === undefined);
    const choice = SMALL && left.length > 0 ? left : victims;
    const victim = choice[Math.floor(random() * choice.length)];
    if (victim === undefined || !killPart(victim, program.pid, program.env.DATA_DIR ?? '')) continue;
    killed[victim] = (killed[victim] ?? 0) + 1;
    kills += 1;
    // Somebody looks, so that people are counted while transactions are under way and not only at the end.
    await fetch(`${program.url}/api/questions`).catch(() => {});
  }
  const wildRate = ((acknowledged.sends - before) * 1000) / (Date.now() - began);
  await load.stop();
  const pool = openTestPool(program.databaseUrl());
  await eventually(() => isDrained(pool, acknowledged).catch(() => false), DRAIN_SECONDS).catch(() => {});
  const verdict = await eventually(
    () => judge(pool, acknowledged).catch(() => false as const),
    DRAIN_SECONDS,
  );
  const report = {
    seed: SEED,
    kills: killed,
    calm: `${calmRate.toFixed(0)}/s`,
    throughput: (wildRate / calmRate).toFixed(2),
    ...verdict,
  };
  console.log(`chaos: ${JSON.stringify(report)}`);
  return verdict;
}

export const timeout = (KILLS * BETWEEN_MS * 2 + CALM_MS + (DRAIN_SECONDS + 120) * 1000) | 0;
