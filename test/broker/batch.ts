// Record batches as producers send them.

import { gzipSync } from 'node:zlib';
import { crc32c } from '@node-rs/crc32';
import { BATCH_HEADER } from '../../src/broker/log/record-batch.ts';
import { writeInt64 } from '../../src/broker/wire/int64.ts';

export type BatchOptions = {
  /** null: a record without a value. */
  readonly values?: readonly (string | null)[];
  /** Left out: records without a key. */
  readonly keys?: readonly (string | null)[];
  readonly timestamps?: readonly number[];
  readonly producerId?: number;
  readonly epoch?: number;
  readonly sequence?: number;
  readonly attributes?: number;
};

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value >= 0 ? value * 2 : value * -2 - 1; // zigzag
  for (; left >= 0x80; left = Math.floor(left / 128)) bytes.push((left % 128) | 0x80);
  return Buffer.from([...bytes, left]);
}

/** A length and bytes; −1 for null. */
function nullable(text: string | null): Buffer {
  if (text === null) return varint(-1);
  const bytes = Buffer.from(text);
  return Buffer.concat([varint(bytes.length), bytes]);
}

function record(
  key: string | null,
  value: string | null,
  offsetDelta: number,
  timestampDelta: number,
): Buffer {
  const parts = [
    Buffer.of(0),
    varint(timestampDelta),
    varint(offsetDelta),
    nullable(key),
    nullable(value),
    varint(0),
  ];
  const body = Buffer.concat(parts);
  return Buffer.concat([varint(body.length), body]);
}

/** A record batch without compression, as a producer would send it. */
export function batch(options: BatchOptions = {}): Buffer {
  const values = options.values ?? ['value'];
  const timestamps = options.timestamps ?? values.map(() => 1_700_000_000_000);
  const base = timestamps[0] ?? 0;
  const records = Buffer.concat(
    values.map((value, i) => record(options.keys?.[i] ?? null, value, i, (timestamps[i] ?? base) - base)),
  );
  const bytes = Buffer.concat([Buffer.alloc(BATCH_HEADER), records]);
  bytes.writeInt32BE(bytes.length - 12, 8);
  bytes.writeInt8(2, 16);
  bytes.writeInt16BE(options.attributes ?? 0, 21);
  bytes.writeInt32BE(values.length - 1, 23);
  writeInt64(bytes, base, 27);
  writeInt64(
    bytes,
    timestamps.reduce((latest, one) => Math.max(latest, one), 0),
    35,
  );
  writeInt64(bytes, options.producerId ?? -1, 43);
  bytes.writeInt16BE(options.epoch ?? -1, 51);
  bytes.writeInt32BE(options.sequence ?? -1, 53);
  bytes.writeInt32BE(values.length, 57);
  return withCrc(bytes);
}

/** The batch with its checksum set right. */
export function withCrc(bytes: Buffer): Buffer {
  bytes.writeUInt32BE(crc32c(bytes.subarray(21)), 17);
  return bytes;
}

/** The batch with its records packed by gzip, whatever they are. */
export function gzipped(plain: Buffer): Buffer {
  const bytes = Buffer.concat([plain.subarray(0, BATCH_HEADER), gzipSync(plain.subarray(BATCH_HEADER))]);
  bytes.writeInt32BE(bytes.length - 12, 8);
  bytes.writeInt16BE(1, 21);
  return withCrc(bytes);
}
