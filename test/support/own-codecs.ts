import { createRequire } from 'node:module';
import kafkajs from 'kafkajs';
import { afterFile } from './after-file.ts';

const { CompressionCodecs, CompressionTypes } = kafkajs;
const require = createRequire(import.meta.url);

/** Gives kafkajs its own gzip back, in place of the program's; until the end of the file, and whatever was set by then. */
export function useOwnGzip(): void {
  const before = { ...CompressionCodecs };
  afterFile(() => Object.assign(CompressionCodecs, before));
  CompressionCodecs[CompressionTypes.GZIP] = () =>
    require('kafkajs/src/protocol/message/compression/gzip.js');
}
