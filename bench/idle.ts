// npm run bench:idle — CPU of the whole program while nobody uses it, and with the shoppers that `npm start` brings along: shares of
// one core, by part. Each is left alone first (SETTLE seconds), as V8 tidies up for some minutes after a start.

import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { childrenOf, cpuOf, cpuOfFamily } from './cpu.ts';
import { dataFolder, isReady, startProgram } from './program.ts';

const SETTLE = Number(process.env.SETTLE ?? 240);
const SECONDS = Number(process.env.SECONDS ?? 120);
const GOALS = { off: 1, on: 5 } as const;

/** CPU seconds by part; that of PostgreSQL has all of its processes, ended ones too. */
function used(program: number): Map<string, number> {
  const parts = childrenOf(program).map((pid) => {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0');
    const [part = 'postgres'] = command.includes('run-part') ? command.slice(-2) : [];
    return [part, cpuOfFamily(pid)] as const;
  });
  return new Map([['program', cpuOf(program)], ...parts]);
}

async function measure(simulator: keyof typeof GOALS): Promise<void> {
  const data = dataFolder();
  const program = await startProgram(data.folder, { SIMULATOR: simulator });
  try {
    await isReady(program.url);
    await sleep(SETTLE * 1_000);
    const [before, began] = [used(program.pid), performance.now()];
    await sleep(SECONDS * 1_000);
    const seconds = (performance.now() - began) / 1_000;
    const shares = [...used(program.pid)].map(
      ([part, cpu]) => [part, (100 * (cpu - (before.get(part) ?? 0))) / seconds] as const,
    );
    const all = shares.reduce((sum, [, share]) => sum + share, 0);
    const each = shares.map(([part, share]) => `${part} ${share.toFixed(2)}`).join(', ');
    console.log(`shoppers ${simulator}: ${all.toFixed(2)} % of a core (goal ${GOALS[simulator]} %): ${each}`);
  } finally {
    await program.stop();
    data.remove();
  }
}

console.log(`CPU over ${SECONDS} s, ${SETTLE} s after the start`);
for (const simulator of ['off', 'on'] as const) await measure(simulator);
process.exit(0);
