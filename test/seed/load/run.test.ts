import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type LoadProgress, loadFile } from '../../../seed/load.ts';
import { HEADER } from '../../../seed/published.ts';
import { packageRoot } from '../../../src/runtime/paths.ts';
import { migratedDatabase, testLog } from '../../support/database.ts';
import { expectRollupsEqualEvents } from '../../support/recount.ts';
import { countEvents } from '../count-events.ts';
import { ROWS_PER_COMMIT } from '../cut-off.ts';
import { fileOf, replicaFile, rowsOf } from '../support.ts';

const ROWS = 26_000;

/** Loads the file in a process of its own. */
function startLoad(databaseUrl: string, file: string): ChildProcess {
  const from = (name: string) => JSON.stringify(path.join(packageRoot, 'dist', name));
  const script = `
    import { loadFile } from ${from('seed/load.js')};
    import { openPool } from ${from('src/db/pool.js')};
    import { createLog } from ${from('src/runtime/log.js')};
    const log = createLog('seed', 'silent', false);
    const pool = openPool(${JSON.stringify(databaseUrl)}, log);
    await loadFile({ pool, log, file: ${JSON.stringify(file)}, rowsPerCommit: ${ROWS_PER_COMMIT} });
    await pool.end();`;
  return spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'ignore' });
}

it('a load that is killed, whenever that happens, ends with exact counts', async () => {
  const { pool, url } = await migratedDatabase();
  const file = await replicaFile(ROWS);
  for (const delay of [350, 500, 650, 800, 950]) {
    const child = startLoad(url, file);
    await Promise.race([once(child, 'exit'), sleep(delay)]);
    child.kill('SIGKILL');
    // Killed, or done: a load that could not even begin proves nothing.
    expect(child.exitCode ?? 0).toBe(0);
  }
  await loadFile({ pool, log: testLog, file });
  expect(await countEvents(pool)).toBe(ROWS);
  expect((await pool.query('SELECT rows FROM loads')).rows).toEqual([{ rows: ROWS }]);
  expect((await pool.query('TABLE unfinished_load')).rows).toEqual([]);
  await expectRollupsEqualEvents(pool);
});

/** The steps that a load of this file tells, each once. */
async function stepsOf(pool: Parameters<typeof loadFile>[0]['pool'], file: string): Promise<string[]> {
  const steps: string[] = [];
  const onProgress = ({ step }: LoadProgress) => {
    if (steps.at(-1) !== step) steps.push(step);
  };
  await loadFile({ pool, log: testLog, file, onProgress });
  return steps;
}

it('a file that is small, or small beside what is there, is merged; one that is most of the table is attached', async () => {
  const { pool } = await migratedDatabase();
  const file = (rows: number, firstId: number) => fileOf(`${HEADER}\n${rowsOf(rows, firstId).join('\n')}\n`);
  expect(await stepsOf(pool, await file(50, 0))).toEqual(['reading', 'merging']);
  expect(await stepsOf(pool, await file(25_000, 1_000))).toEqual([
    'comparing',
    'reading',
    'indexing',
    'attaching',
  ]);
  expect(await stepsOf(pool, await file(25_000, 100_000))).toEqual(['comparing', 'reading', 'merging']);
  expect(await countEvents(pool)).toBe(50_050);
  await expectRollupsEqualEvents(pool);
});
