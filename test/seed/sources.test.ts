// What the text may come packed in. The checksum is that of the text, so that the same file is known in each.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openSource } from '../../seed/csv/source.ts';
import { loadFile } from '../../seed/load.ts';
import { packageRoot } from '../../src/runtime/paths.ts';
import { migratedDatabase, testLog } from '../support/database.ts';
import { countEvents, fileOf, replicaFile, replicaText, zipOf } from './support.ts';

const ROWS = 2_000;

async function textOf(file: string): Promise<string> {
  const parts: Buffer[] = [];
  for await (const chunk of (await openSource(file)).chunks) parts.push(chunk);
  return Buffer.concat(parts).toString();
}

describe('openSource', () => {
  const text = replicaText(ROWS);

  it.each([
    ['plain', text],
    ['gzip', gzipSync(text)],
    ['zip', zipOf({ 'product.csv': text })],
    ['zip', zipOf({ 'readme.txt': Buffer.from('hello'), 'archive/product.csv': text })],
    ['zip', zipOf({ 'product.csv': text, '__MACOSX/._product.csv': Buffer.from('notes') })],
    ['zip', zipOf({ 'a/._product.csv': Buffer.from('notes'), 'a/product.csv': text })],
  ])('reads %s by what the file is, whatever its name', async (packing, content) => {
    const file = await fileOf(content, `${packing}-${content.length}.data`);
    const source = await openSource(file);
    expect(source.packing).toBe(packing);
    expect(await textOf(file)).toBe(text.toString());
  });

  it('refuses a zip with several CSV files, naming them', async () => {
    const file = await fileOf(zipOf({ 'a.csv': text, 'b.csv': text }));
    await expect(openSource(file)).rejects.toMatchObject({
      code: 'ZIP_CONTENT',
      message: expect.stringMatching(/a\.csv, b\.csv in it, expected exactly one/),
    });
  });

  it('refuses a zip without a CSV file', async () => {
    const file = await fileOf(zipOf({ 'a.txt': text }));
    await expect(openSource(file)).rejects.toMatchObject({ code: 'ZIP_CONTENT' });
  });

  it('tells how much of the file is taken, up to all of it', async () => {
    const source = await openSource(await fileOf(gzipSync(text)));
    for await (const _ of source.chunks) expect(source.taken()).toBeLessThanOrEqual(source.size ?? 0);
    expect(source.taken()).toBe(source.size);
  });
});

describe('loadFile', () => {
  it('knows a text again in whatever it comes packed', async () => {
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
  ])('reads %s from standard input', async (_, pack) => {
    const { pool, url } = await migratedDatabase();
    const child = spawn(process.execPath, ['--input-type=module', '--eval', loadStandardInput(url)], {
      stdio: ['pipe', 'inherit', 'inherit'],
    });
    child.stdin.end(pack(replicaText(ROWS)));
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(await countEvents(pool)).toBe(ROWS);
  });

  it('reads a pipe by its path, once', async () => {
    const { pool, url } = await migratedDatabase();
    const file = await replicaFile(ROWS);
    for (const packed of ['cat', 'gzip -c']) {
      const script = loadStandardInput(url).replace("file: '-'", 'file: process.argv[1]');
      const command = `"$0" --input-type=module --eval "$1" <(${packed} "$2")`;
      execFileSync('bash', ['-c', command, process.execPath, script, file], { stdio: 'pipe' });
      expect(await countEvents(pool)).toBe(ROWS);
    }
  });

  it('refuses a zip on standard input', async () => {
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
