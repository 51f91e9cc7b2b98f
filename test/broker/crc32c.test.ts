import { expect, test } from 'vitest';
import { crc32c } from '../../src/broker/crc32c.ts';

// Check values of RFC 3720 (B.4) and of the catalogue of CRC algorithms.
test.each([
  [Buffer.from('123456789'), 0xe3069283],
  [Buffer.alloc(32), 0x8a9136aa],
  [Buffer.alloc(32, 0xff), 0x62a8ab43],
  [Buffer.alloc(0), 0],
])('the checksum of %j is that of CRC-32C, unsigned', (bytes, checksum) => {
  expect(crc32c(bytes)).toBe(checksum);
});
