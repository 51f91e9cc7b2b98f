// A batch that can't be read must not stop those behind it. kafkajs 2.2.4 fails the whole fetch, of all partitions, and
// asks for the same again for ever (protocol/requests/fetch/v4/decodeMessages.js). Here such a batch becomes one record
// at its last offset, marked by a symbol that no sender can forge, and a control record at its first offset, which
// keeps the range whole; consumers set the one aside and go on behind it.

import { createRequire } from 'node:module';
import { reasonOf } from './errors.ts';

const require = createRequire(import.meta.url);
const DECODER = 'kafkajs/src/protocol/recordBatch/v0/decoder.js';
const UNDECODABLE = Symbol('undecodable batch');
/** firstOffset int64, length int32, leaderEpoch int32, magic int8, crc int32, attributes int16, lastOffsetDelta int32, … */
const HEADER_BYTES = 61;
const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];

type Decoder = { readonly buffer: Buffer; offset: number; canReadBytes(bytes: number): boolean };
type DecodeBatch = (decoder: Decoder) => Promise<{ readonly records: readonly object[] }>;

/** Why the batch that this message stands for could not be read; undefined for an ordinary message. */
export function undecodableReason(message: object): string | undefined {
  const reason: unknown = Reflect.get(message, UNDECODABLE);
  return typeof reason === 'string' ? reason : undefined;
}

/** Patches kafkajs to hand on batches that it can't decode; for the whole process, before its first fetch. */
export function passUndecodableBatches(): void {
  const decode: DecodeBatch & { readonly passes?: true } = require(DECODER);
  if (decode.passes === true) return;
  const passing = async (decoder: Decoder) => {
    const bytes = batchAt(decoder);
    try {
      return await decode(decoder);
    } catch (error) {
      // The end of a fetch may be cut by its limit of bytes: kafkajs asks for that batch again.
      if (bytes === undefined) throw error;
      return { records: standIns(bytes, reasonOf(error)) };
    }
  };
  const cached = require.cache[require.resolve(DECODER)];
  if (cached !== undefined) cached.exports = Object.assign(passing, { passes: true as const });
}

/** The bytes of the batch that the decoder is at; undefined where they are cut off. */
function batchAt({ buffer, offset }: Decoder): Buffer | undefined {
  if (buffer.length - offset < HEADER_BYTES) return undefined;
  const end = offset + 12 + buffer.readInt32BE(offset + 8);
  return end > buffer.length || end - offset < HEADER_BYTES ? undefined : buffer.subarray(offset, end);
}

function standIns(batch: Buffer, problem: string): readonly object[] {
  const first = batch.readBigInt64BE(0);
  const attributes = batch.readInt16BE(21);
  const last = first + BigInt(Math.max(0, batch.readInt32BE(23)));
  const codec = CODECS[attributes & 7] ?? `number ${attributes & 7}`;
  const range = first === last ? `offset ${first}` : `offsets ${first} to ${last}`;
  const reason = `received a batch of ${range}, codec ${codec}, that does not unpack: ${problem}; expected a readable batch`;
  const timestamp = batch.readBigInt64BE(35).toString();
  const common = { magicByte: 2, attributes: 0, timestamp, key: null, headers: {}, batchContext: {} };
  return [
    { ...common, offset: first.toString(), value: null, isControlRecord: true },
    { ...common, offset: last.toString(), value: batch, isControlRecord: false, [UNDECODABLE]: reason },
  ];
}
