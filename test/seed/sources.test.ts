// What the text may come packed in. The checksum is that of the text, so that the same file is known in each.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { loadFile } from '../../seed/load.ts';
import { packageRoot } from '../../src/runtime/paths.ts';
import { migratedDatabase, testLog } from '../support/database.ts';
import { countEvents } from './count-events.ts';
import { fileOf, replicaFile, replicaText, zipOf } from './support.ts';

const ROWS = 2_000;

describe('loadFile', () => {
  it('loadFile knows a text again in whatever it comes packed', async () => {
    const { pool } = await migratedDatabase();
    const text = replicaText(ROWS);
    await loadFile({ pool, log: testLog, file: await replicaFile(ROWS) });
    for (const packed of [gzipSync(text), zipOf({ 'product.csv': text })]) {
      const result = await loadFile({ pool, log: testLog, file: await fileOf(packed) });
      expect(result).toMatchObject({ known: true, added: 0, bytes: text.length });
    }
  });

  it.each([
    ['plain text', (text: Buffer) => text],
    ['gzip', (text: Buffer) => gzipSync(text)],
  ])('loadFile reads %s from standard input', async (_, pack) => {
    const { pool, url } = await migratedDatabase();
    const child = spawn(process.execPath, ['--input-type=module', '--eval', loadStandardInput(url)], {
      stdio: ['pipe', 'inherit', 'inherit'],
    });
    child.stdin.end(pack(replicaText(ROWS)));
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(await countEvents(pool)).toBe(ROWS);
  });

  it('loadFile reads a pipe by its path, once', async () => {
    const { pool, url } = await migratedDatabase();
    const file = await replicaFile(ROWS);
    for (const packed of ['cat', 'gzip -c']) {
      const script = loadStandardInput(url).replace("file: '-'", 'file: process.argv[1]');
      const command = `"$0" --input-type=module --eval "$1" <(${packed} "$2")`;
      execFileSync('bash', ['-c', command, process.execPath, script, file], { stdio: 'pipe' });
      expect(await countEvents(pool)).toBe(ROWS);
    }
  });

  it('loadFile refuses a zip on standard input', async () => {
    const { url } = await migratedDatabase();
    const run = () =>
      execFileSync(process.execPath, ['--input-type=module', '--eval', loadStandardInput(url)], {
        input: zipOf({ 'product.csv': replicaText(5) }),
        stdio: 'pipe',
      });
    expect(run).toThrow(/received a zip on standard input, expected CSV or gzip/);
  });
});

function loadStandardInput(databaseUrl: string): string {
  const from = (name: string) => JSON.stringify(path.join(packageRoot, 'dist', name));
  return `
    import { loadFile } from ${from('seed/load.js')};
    import { openPool } from ${from('src/db/pool.js')};
    import { createLog } from ${from('src/runtime/log.js')};
    const log = createLog('seed', 'silent', false);
    const pool = openPool(${JSON.stringify(databaseUrl)}, log);
    await loadFile({ pool, log, file: '-' }).finally(() => pool.end());`;
}
