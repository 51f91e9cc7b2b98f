import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { explain, explaining, unzipped } from '../../../seed/csv/packing.ts';
import { gather } from '../../support/gather.ts';

const text = Buffer.from('one line\n'.repeat(10_000));
const packed = gzipSync(text);

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const unzip = (bytes: Buffer, size = 100) =>
  gather(explaining(unzipped(inPieces(bytes, size)), 'p.csv.gz')).then(Buffer.concat);

describe('gzip', () => {
  it.each([1, 7, 1_000_000])('gzip is unpacked from pieces of %i bytes', async (size) => {
    expect((await unzip(packed, size)).equals(text)).toBe(true);
  });

  it('gzip is unpacked to its end where it has several members, as parallel packers write it', async () => {
    expect((await unzip(Buffer.concat([packed, packed]))).length).toBe(2 * text.length);
  });

  it('gzip is refused as truncated where its end is missing, wherever it ends', async () => {
    for (const end of [1, 5, packed.length / 2, packed.length - 1]) {
      await expect(unzip(packed.subarray(0, end))).rejects.toMatchObject({ code: 'FILE_TRUNCATED' });
    }
  });

  it('gzip is refused as damaged where its checksum differs', async () => {
    const wrong = Buffer.from(packed);
    wrong.writeUInt8(wrong.readUInt8(wrong.length - 8) ^ 1, wrong.length - 8);
    await expect(unzip(wrong)).rejects.toMatchObject({
      code: 'FILE_DAMAGED',
      message: expect.stringContaining('received p.csv.gz, whose compressed data is damaged'),
    });
  });

  it('gzip passes on why its input failed', async () => {
    async function* failing(): AsyncGenerator<Buffer> {
      yield packed.subarray(0, 20);
      throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    }
    await expect(gather(explaining(unzipped(failing()), 'p.gz'))).rejects.toMatchObject({
      code: 'FILE_MISSING',
    });
  });

  it('gzip ends its input where nobody reads on', async () => {
    let ended = false;
    async function* endless(): AsyncGenerator<Buffer> {
      try {
        for (;;) yield packed;
      } finally {
        ended = true;
      }
    }
    for await (const chunk of unzipped(endless())) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    await new Promise(setImmediate);
    expect(ended).toBe(true);
  });
});

describe('explain', () => {
  it.each([
    ['ENOENT', 'FILE_MISSING'],
    ['ENOTDIR', 'FILE_MISSING'],
    ['EACCES', 'FILE_DENIED'],
    ['EPERM', 'FILE_DENIED'],
    ['ELOOP', 'FILE_UNREADABLE'],
    ['EIO', 'FILE_UNREADABLE'],
    ['Z_BUF_ERROR', 'FILE_TRUNCATED'],
    ['Z_DATA_ERROR', 'FILE_DAMAGED'],
  ])('explain tells a user what %s means, and keeps it as the cause', (code, explained) => {
    const cause = Object.assign(new Error('as the system says it'), { code });
    expect(explain(cause, 'a.csv')).toMatchObject({
      code: explained,
      cause,
      message: expect.stringMatching(/^received a\.csv, .*, expected /),
    });
  });

  it('explain leaves any other error as it is', () => {
    const error = Object.assign(new Error('memory'), { code: 'ERR_OUT_OF_RANGE' });
    expect(explain(error, 'a.csv')).toBe(error);
    expect(explain('text', 'a.csv')).toBe('text');
  });
});
