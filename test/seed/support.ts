// Files of the dataset's format for tests, in a folder that goes with the test file.

import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import type { Source } from '../../seed/csv/source.ts';
import { replicaChunks } from '../../seed/replica.ts';
import type { Pool } from '../../src/db/pool.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'shopstream-seed-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes a file; its path. */
export async function fileOf(content: Buffer | string, name = `${randomUUID()}.csv`): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, content);
  return file;
}

/** The text of a replica of so many rows. */
export const replicaText = (rows: number, seed = 1): Buffer =>
  Buffer.concat([...replicaChunks({ rows, seed })]);

/** Writes a replica of so many rows; its path. */
export const replicaFile = (rows: number, seed = 1): Promise<string> => fileOf(replicaText(rows, seed));

/** Writes a file with the same header and other rows; its path. */
export async function csvFile(file: string, change: (rows: string[]) => string[]): Promise<string> {
  const [header = '', ...rows] = (await readFile(file, 'utf8')).trimEnd().split('\n');
  return fileOf(`${[header, ...change(rows)].join('\n')}\n`);
}

export async function countEvents(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ count: number }>('SELECT count(*) AS count FROM events');
  return rows[0]?.count ?? 0;
}

/** Rows of a replica without header and line ends; other numbers `firstId` give other rows. */
export function rowsOf(count: number, firstId = 0): string[] {
  const text = Buffer.concat([...replicaChunks({ rows: Math.max(count, 5), seed: 1, firstId })]).toString();
  return text
    .trimEnd()
    .split('\n')
    .slice(1, count + 1);
}

/** The first bytes of a file as a source, which then fails. */
export async function sourceOf(file: string, bytes: number, error: Error): Promise<Source> {
  const content = await readFile(file);
  async function* chunks(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes; at += 500_000) yield content.subarray(at, Math.min(at + 500_000, bytes));
    throw error;
  }
  return { name: path.basename(file), packing: 'plain', size: undefined, taken: () => 0, chunks: chunks() };
}
