import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { openPipe } from '../../../seed/csv/standard-input.ts';
import { gather } from '../../support/gather.ts';
import { replicaText, zipOf } from '../support.ts';

const text = replicaText(20);

function pipeOf(content: Buffer, size = content.length): Readable {
  const pieces = Array.from({ length: Math.ceil(content.length / size) }, (_, index) =>
    content.subarray(index * size, (index + 1) * size),
  );
  return Readable.from(pieces);
}

it.each([
  ['plain', text, 1],
  ['plain', text, text.length],
  ['plain', Buffer.from('x'), 1],
  ['gzip', gzipSync(text), 1],
  ['gzip', gzipSync(text), 10_000],
] as const)(
  'openPipe reads %s text to its end, from its first byte, in whatever pieces it comes',
  async (packing, content, size) => {
    const source = await openPipe(pipeOf(content, size));
    expect(source).toMatchObject({ name: 'standard input', packing, size: undefined });
    const read = Buffer.concat(await gather(source.chunks));
    expect(read.equals(packing === 'gzip' ? text : content)).toBe(true);
  },
);

it('openPipe waits for the first bytes, however many empty pieces come before them', async () => {
  const source = await openPipe(Readable.from([Buffer.alloc(0), Buffer.alloc(0), gzipSync(text)]));
  expect(source.packing).toBe('gzip');
});

it('openPipe refuses a pipe that ends before its first byte', async () => {
  await expect(openPipe(pipeOf(Buffer.alloc(0)), '/dev/fd/63')).rejects.toMatchObject({
    code: 'FILE_EMPTY',
    message: expect.stringContaining('/dev/fd/63'),
  });
});

it('openPipe refuses a zip, which can only be read from its end', async () => {
  await expect(openPipe(pipeOf(zipOf({ 'product.csv': text }), 1))).rejects.toMatchObject({
    code: 'ZIP_CONTENT',
    message: expect.stringContaining('received a zip on standard input, expected CSV or gzip'),
  });
});

it('openPipe says of a pipe whose gzip ends too early which it is', async () => {
  const { chunks } = await openPipe(pipeOf(gzipSync(text).subarray(0, -4)), 'a pipe');
  await expect(gather(chunks)).rejects.toMatchObject({
    code: 'FILE_TRUNCATED',
    message: expect.stringContaining('received a pipe'),
  });
});
