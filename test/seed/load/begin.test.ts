// A load that ends half way: killed, cut off, or with another file the next time.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type LoadProgress, loadFile } from '../../seed/load.ts';
import { packageRoot } from '../../src/runtime/paths.ts';
import { migratedDatabase, testLog } from '../support/database.ts';
import { expectRollupsEqualEvents } from '../support/recount.ts';
import { countEvents } from './count-events.ts';
import { loadPart, mergePart, ROWS_PER_COMMIT } from './cut-off.ts';
import { csvFile, replicaFile } from './support.ts';

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

describe('a load that was cut off', () => {
  it('goes on after its last commit', async () => {
    const { pool } = await migratedDatabase();
    const file = await replicaFile(ROWS);
    await loadPart(pool, file, 3_000_000);
    const seen: LoadProgress[] = [];
    const onProgress = (progress: LoadProgress) => seen.push(progress);
    expect(await loadFile({ pool, log: testLog, file, onProgress })).toMatchObject({ added: ROWS });
    expect(seen[0]?.resumedRows).toBeGreaterThan(10_000);
    expect(await countEvents(pool)).toBe(ROWS);
    await expectRollupsEqualEvents(pool);
  });
});

describe('a load that was cut off while its rows were merged', () => {
  const rows = 6_000;

  it('resumes a load that was cut off in its merge with the rest', async () => {
    const { pool } = await migratedDatabase();
    const file = await replicaFile(rows);
    await mergePart(pool, file, rows);
    expect(await loadFile({ pool, log: testLog, file })).toMatchObject({
      added: rows,
      present: 0,
      rejected: 0,
    });
    await expectRollupsEqualEvents(pool);
  });
});

describe('a strict load after one that was not', () => {
  it('is refused for the bad rows that were set aside then', async () => {
    const { pool } = await migratedDatabase();
    const file = await csvFile(await replicaFile(ROWS), (lines) => ['x', ...lines]);
    await loadPart(pool, file, 3_000_000);
    await expect(loadFile({ pool, log: testLog, file, strict: true })).rejects.toMatchObject({
      code: 'BAD_ROW',
    });
    expect(await countEvents(pool)).toBe(0);
  });
});

describe('a load that is killed', () => {
  it('ends with exact counts, whenever that happens', async () => {
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
});

describe('two loads at once', () => {
  it('are one after the other, or the second is told to wait', async () => {
    const { pool } = await migratedDatabase();
    const file = await replicaFile(ROWS);
    const both = await Promise.all([
      loadFile({ pool, log: testLog, file }),
      loadFile({ pool, log: testLog, file }),
    ]);
    expect(both.map(({ added }) => added).sort((a, b) => a - b)).toEqual([0, ROWS]);
    await expectRollupsEqualEvents(pool);
  });
});
