// Decompression of zstd by the library: every Node takes it here, whatever its own zlib can.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decompress } from '../../../src/broker/log/decompress.ts';
import { unzstd } from '../../../src/broker/log/unzstd.ts';
import { rawBlock, repeatedBlock, zstdFrame, zstdOf } from '../zstd.ts';

const MOST = 64 * 1024 * 1024;
const SALES = Array.from({ length: 40 }, (_, n) => `shopstream ${n * n} sells ${n % 7}; `).join('');
/** SALES by the zstd tool 1.5: from a file, with its size, and from a pipe at level 19, without. */
const BY_THE_TOOL = {
  'from a file':
    'KLUv/WS6Aj0FAAKIFBOwJx17GmOFIclWSbmTTDJJvcTBRS6R5fBkDYf069E2Rl5S5D6Raovmse/iyS7RWavs/H4v26VhafTn/FNVfdLV5ADMKEVBlDFjECAMh1IgCEpNqBGQ8vXvoKMkbRFMoyAhxL6+AatERc9QkmSKMUyh85S1FUihyFAdd6c+YSzQEuSMgzwvx/4c4Zsm+E5gCJEw04p3nmWwrcY1x7gdQ2wl5PerPg21sQ==',
  'from a pipe':
    'KLUv/QRo3QQA0sgVE7AnHXsaY4UhyValvZNMO0m9xMFjre1uMp8rcq7thlbS5hN9NTXlLC4u2qXOqulaos6kJDd0sUh/99qNI9pM/dqkivXI2W0AaJyiIM6gMQgQhsMpEAQnLqgR0KTa+29AQ0kPEUwSEiKQhOcHJGOxDWYvzWWtjBVZgiFDK6mWCnUnTFaiUSvK0POb/FP4evZjdzLBGsihVgE+DbWx',
};

const byTheTool = Object.entries(BY_THE_TOOL).map(
  ([how, text]) => [how, Buffer.from(text, 'base64')] as const,
);

it.each(byTheTool)("what zstd's own tool made %s is decompressed", (_, packed) => {
  expect(unzstd(packed, MOST).toString()).toBe(SALES);
  expect(decompress(4, packed)?.toString()).toBe(SALES);
});

it('frames follow each other, of bytes as they are and of repeated ones', () => {
  const anyFrames = fc.array(fc.uint8Array({ maxLength: 300_000 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(anyFrames, (contents) => {
      const packed = Buffer.concat(contents.map((content) => zstdFrame(Buffer.from(content))));
      expect(unzstd(packed, MOST).equals(Buffer.concat(contents))).toBe(true);
    }),
    { numRuns: 30 },
  );
  const repeated = zstdOf([repeatedBlock(7, 1000, false), rawBlock(Buffer.from('x'), true)]);
  expect(unzstd(repeated, MOST)).toEqual(Buffer.concat([Buffer.alloc(1000, 7), Buffer.from('x')]));
});

it('a frame that is cut off or changed is an error or other bytes', () => {
  for (const [, whole] of byTheTool) {
    for (let end = 1; end < whole.length; end += 1)
      expect(() => unzstd(whole.subarray(0, end), MOST), `cut at ${end}`).toThrow();
    for (let at = 0; at < whole.length; at += 3) {
      const changed = Buffer.from(whole);
      changed.writeUInt8(changed.readUInt8(at) ^ 0xff, at);
      decompress(4, changed);
    }
  }
});

it('what unpacks to more than is allowed, asks for a window that large, or moves it too often, is refused', () => {
  const full = repeatedBlock(0, 128 * 1024, false);
  expect(() => unzstd(zstdOf([...Array(16).fill(full), repeatedBlock(0, 1, true)]), 2 ** 21)).toThrow(
    'expected at most 2097152 bytes',
  );
  expect(() => unzstd(zstdOf([rawBlock(Buffer.alloc(1), true)], 0x88), MOST)).toThrow(
    'a window of 134217728',
  );
  const tiny = Array.from({ length: 200_000 }, (_, n) => repeatedBlock(0, 1, n === 199_999));
  expect(() => unzstd(zstdOf(tiny, 0x80), MOST)).toThrow('and 200000 blocks');
  expect(decompress(4, zstdOf([...Array(520).fill(full), repeatedBlock(0, 1, true)]))).toBeNull();
});
