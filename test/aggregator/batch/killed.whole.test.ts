// Runs over files that are killed, and started again. CHAOS_KILLS=50 is the long form (npm run chaos:aggregate).

import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { MAIN, run } from '../../support/command.ts';
import { migratedDatabase } from '../../support/database.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

type Row = Readonly<Record<string, unknown>> & { readonly meta: Readonly<Record<string, unknown>> };

const rowsOf = (stdout: string) =>
  stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row);

let url: string;
let folder: string;
beforeAll(async () => {
  ({ url } = await migratedDatabase());
  folder = temporaryFolder();
});

const file = (name: string, content: string) => {
  const to = path.join(folder, name);
  writeFileSync(to, content);
  return to;
};

describe('a run that is killed', { timeout: 300_000 }, () => {
  const kills = Number(process.env.CHAOS_KILLS ?? 3);

  it('a killed run that is started again until it ends gives the rows of a plain recount, each once', async () => {
    const counts = new Map<string, { sum: number; count: number }>();
    const names: string[] = [];
    for (let index = 0; index < 3; index += 1) {
      // The second is large enough for several threads.
      const note = index === 1 ? `,${'n'.repeat(280)}` : '';
      const lines = [index === 1 ? 'user,price,note' : 'user,price'];
      for (let row = 0; row < 60_000; row += 1) {
        const user = `u${(row * 7919 + index) % 5_000}`;
        const known = counts.get(user) ?? { sum: 0, count: 0 };
        counts.set(user, { sum: known.sum + (row % 13), count: known.count + 1 });
        lines.push(`${user},${row % 13}${note}`);
      }
      names.push(file(`kill-${index}.csv`, `${lines.join('\n')}\n`));
    }
    const text =
      'name: killed\ngroup: { fields: [user] }\naggregate: [{ field: price, operation: SUM }, { operation: COUNT }]\nflush: { by: END_OF_STREAM }\n';
    const args = ['aggregate', file('killed.yaml', text), ...names];
    let killed = 0;
    for (let round = 0; round < kills; round += 1)
      killed += await killAfter(args, 500 + ((round * 397) % 900));
    const { code, stdout } = await run(args, { DATABASE_URL: url }, 60);
    const rows = rowsOf(stdout);
    expect(code).toBe(0);
    expect(killed).toBeGreaterThan(0);
    expect(new Set(rows.map(({ meta }) => meta.id)).size).toBe(rows.length);
    const seen = new Map(rows.map(({ user, sum_price, count }) => [user, { sum: sum_price, count }]));
    expect(seen).toEqual(counts);
  });

  /** 1 where the program was still at work. */
  async function killAfter(args: readonly string[], ms: number): Promise<number> {
    const child = spawn(process.execPath, [MAIN, ...args, '--commit-ms', '20'], {
      env: { PATH: process.env.PATH ?? '', DATABASE_URL: url },
      stdio: 'ignore',
    });
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    await Promise.race([sleep(ms), ended]);
    const alive = child.exitCode === null;
    child.kill('SIGKILL');
    await ended;
    return alive ? 1 : 0;
  }
});
