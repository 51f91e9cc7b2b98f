// CRC-32C, the checksum of record batches, seals and the journal. Its package is CommonJS, which `import` would parse for the names
// of its exports at every start; that takes longer than to load all of the broker's own modules.

import { createRequire } from 'node:module';

/** The checksum of `bytes`, an unsigned 32-bit number. */
export const crc32c: (bytes: Uint8Array) => number = createRequire(import.meta.url)('@node-rs/crc32').crc32c;
