// A load in a process of its own, whose memory is measured: node dist/bench/seed/load.js <file>, with DATABASE_URL set.
// Prints its cost as JSON.

import { loadFile } from '../../seed/load.ts';
import { openPool } from '../../src/db/pool.ts';
import { createLog } from '../../src/runtime/log.ts';

const log = createLog('seed', 'warn', false);
const pool = openPool(process.env.DATABASE_URL ?? '', log);
const steps: Record<string, number> = {};
let last = performance.now();
let current = '';
const turn = (step: string) => {
  const now = performance.now();
  if (current !== '') steps[current] = (steps[current] ?? 0) + (now - last) / 1000;
  last = now;
  current = step;
};
const { added, rejected } = await loadFile({
  pool,
  log,
  file: process.argv[2] ?? '',
  onProgress: ({ step }) => turn(step),
});
turn('');
await pool.end();
const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
const cpuSeconds = (userCPUTime + systemCPUTime) / 1e6;
console.log(JSON.stringify({ added, rejected, steps, megabytes: maxRSS / 1024, cpuSeconds }));
