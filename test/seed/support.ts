// Files of the dataset's format for tests, in a folder that goes with the test file.

import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { crc32 } from '@node-rs/crc32';
import type { Source } from '../../seed/csv/packing.ts';
import { replicaChunks } from '../../seed/replica.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Writes a file; its path. */
export async function fileOf(content: Buffer | string, name = `${randomUUID()}.csv`): Promise<string> {
  const file = path.join(temporaryFolder(), name);
  await writeFile(file, content);
  return file;
}

/** The text of a replica of so many rows. */
export const replicaText = (rows: number, seed = 1): Buffer =>
  Buffer.concat([...replicaChunks({ rows, seed })]);

/** By rows and seed: most tests ask for the same few, and drawing one takes longer than writing it. */
const drawn = new Map<string, Buffer>();

/** Writes a replica of so many rows; its path. */
export function replicaFile(rows: number, seed = 1): Promise<string> {
  const text = drawn.get(`${rows} ${seed}`) ?? replicaText(rows, seed);
  drawn.set(`${rows} ${seed}`, text);
  return fileOf(text);
}

/** Writes a file with the same header and other rows; its path. */
export async function csvFile(file: string, change: (rows: string[]) => string[]): Promise<string> {
  const [header = '', ...rows] = (await readFile(file, 'utf8')).trimEnd().split('\n');
  return fileOf(`${[header, ...change(rows)].join('\n')}\n`);
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

/** A zip (PKWARE APPNOTE 6.3) with these files, compressed. */
export function zipOf(files: Readonly<Record<string, Buffer>>): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const data = deflateRawSync(content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), data]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    centrals.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), common, rest, Buffer.from(name)]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(centrals.length, 4);
  end.writeUInt16LE(centrals.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, directory, Buffer.from('PK\x05\x06'), end]);
}
