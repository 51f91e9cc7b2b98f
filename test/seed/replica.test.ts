import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { HEADER } from '../../seed/published.ts';
import { replicaChunks, writeReplica } from '../../seed/replica.ts';
import { MAIN } from '../support/command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { replicaText } from './support.ts';

describe('a replica', () => {
  it('a replica is byte for byte the same for the same seed, and another one for another', () => {
    const digest = (seed: number) => createHash('sha256').update(replicaText(5_000, seed)).digest('hex');
    expect(digest(1)).toBe('89114fa3645464261d853470af25c3d90710118f5dc59a7d0d06a46616e982d0');
    expect(digest(1)).toBe(digest(1));
    expect(digest(2)).not.toBe(digest(1));
    expect(digest(2 ** 32 + 1)).not.toBe(digest(1));
  });

  it('a replica is all that `npm run replica > file` leaves in the file, without what npm says before it', () => {
    const file = path.join(temporaryFolder(), 'product.csv');
    const banner = String.raw`\n> shopstream@0.1.0 replica\n> npm run build && node main.js replica\n\n`;
    const command = `{ printf '${banner}'; ${process.execPath} ${MAIN} replica --rows 50 --seed 1; } > ${file}`;
    execFileSync('sh', ['-c', command]);
    expect(readFileSync(file, 'utf8')).toBe(replicaText(50, 1).toString());
  });

  it('a replica is written whole to a stream that takes its time', async () => {
    const out = new PassThrough({ highWaterMark: 1024 });
    const parts: Buffer[] = [];
    out.on('data', (part: Buffer) => parts.push(part));
    const result = await writeReplica({ rows: 5_000, seed: 3, out });
    const whole = Buffer.concat([...replicaChunks({ rows: 5_000, seed: 3 })]);
    expect(Buffer.concat(parts).equals(whole)).toBe(true);
    expect(result).toEqual({ rows: 5_000, bytes: whole.length });
    expect(whole.toString('utf8', 0, HEADER.length + 1)).toBe(`${HEADER}\n`);
  });

  it('a replica stops quietly where nobody reads on', async () => {
    const out = new PassThrough({ highWaterMark: 1024 });
    out.once('data', () => out.destroy());
    await expect(writeReplica({ rows: 100_000, seed: 3, out })).resolves.toBeDefined();
  });

  it.each([[0], [-1], [1.5], [Number.NaN]])('a replica of %s rows is refused', async (size) => {
    await expect(writeReplica({ rows: size, seed: 1, out: new PassThrough() })).rejects.toMatchObject({
      code: 'WRONG_OPTION',
      message: expect.stringContaining(`received ${size}`),
    });
  });
});
