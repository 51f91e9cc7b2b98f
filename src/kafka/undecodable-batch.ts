// A batch that can't be decoded must not stop those after it. With kafkajs 2.2.4 the whole fetch fails, of all partitions, and is
// repeated for ever (protocol/requests/fetch/v4/decodeMessages.js); it also fails where a batch has more records than a call may have
// arguments, and there is no limit to the decompressed size of a fetch. So batches are decoded here. One that can't be becomes a record
// at its last offset, marked by a symbol that no producer can forge, and a control record at its first offset, which keeps the range
// whole; consumers set the record aside and continue after it.

import { createRequire } from 'node:module';
import { MAX_UNPACKED_BYTES, UNPACK } from './codecs.ts';
import { reasonOf } from './errors.ts';
import { HEADER_BYTES, type Message, MOST_PIECES, readRecords } from './fetched-records.ts';

const require = createRequire(import.meta.url);
const DECODE = 'kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js';
const UNDECODABLE = Symbol('undecodable batch');
/** Position of the magic byte, in batches and in older message sets alike; kafkajs decodes the latter. */
const MAGIC_AT = 16;
const MAGIC = 2;
const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];

type Decoder = {
  offset: number;
  readInt32(): number;
  readBytes(bytes: number): Buffer;
  canReadBytes(bytes: number): boolean;
};
type DecodeMessages = (decoder: Decoder) => Promise<Message[]>;

/** Why the batch that this message stands for could not be decoded; undefined for an ordinary message. */
export function undecodableReason(message: object): string | undefined {
  const reason: unknown = Reflect.get(message, UNDECODABLE);
  return typeof reason === 'string' ? reason : undefined;
}

/** Patches kafkajs to deliver batches that can't be decoded; for the whole process, before its first fetch. */
export function passUndecodableBatches(): void {
  const decode: DecodeMessages & { readonly passes?: true } = require(DECODE);
  if (decode.passes === true) return;
  const passing: DecodeMessages = async (decoder) => {
    const start = decoder.offset;
    const size = decoder.readInt32();
    const isWhole = size > MAGIC_AT && decoder.canReadBytes(size);
    const bytes = isWhole ? decoder.readBytes(size) : undefined;
    if (bytes?.readInt8(MAGIC_AT) === MAGIC) return readBatches(bytes);
    decoder.offset = start;
    return decode(decoder);
  };
  const cached = require.cache[require.resolve(DECODE)];
  if (cached !== undefined) cached.exports = Object.assign(passing, { passes: true as const });
}

/** The messages of a partition's whole batches; the limit of a fetch may have cut off the last one. */
async function readBatches(bytes: Buffer): Promise<Message[]> {
  const messages: Message[] = [];
  let unpackedBytes = 0;
  for (let at = 0; bytes.length - at >= HEADER_BYTES; ) {
    const end = at + 12 + bytes.readInt32BE(at + 8);
    if (end > bytes.length || end - at < HEADER_BYTES) break;
    const batch = bytes.subarray(at, end);
    const { read, unpacked } = await readBatch(batch);
    for (const message of read) messages.push(message);
    const last = lastOffsetOf(batch);
    if (read.at(-1)?.offset !== last.toString()) messages.push(markAt(batch, last));
    unpackedBytes += unpacked;
    at = end;
    // kafkajs fetches the batches after them once these are processed.
    if (messages.length >= MOST_PIECES || unpackedBytes >= MAX_UNPACKED_BYTES) break;
  }
  return messages;
}

/** @returns the messages, and the batch's decompressed size in bytes, 0 where it is not compressed */
async function readBatch(
  batch: Buffer,
): Promise<{ readonly read: readonly Message[]; readonly unpacked: number }> {
  const codec = batch.readInt16BE(21) & 7;
  const packed = batch.subarray(HEADER_BYTES);
  try {
    if (codec === 0) return { read: readRecords(batch, packed), unpacked: 0 };
    const bytes = await unpack(codec, packed);
    return { read: readRecords(batch, bytes), unpacked: bytes.length };
  } catch (error) {
    return { read: standIns(batch, reasonOf(error)), unpacked: 0 };
  }
}

function unpack(codec: number, packed: Buffer): Promise<Buffer> {
  const known = Object.entries(UNPACK).find(([type]) => Number(type) === codec);
  if (known === undefined) throw new RangeError('there is no such codec');
  const [, unpacking] = known;
  return unpacking(packed);
}

function standIns(batch: Buffer, problem: string): Message[] {
  const first = batch.readBigInt64BE(0);
  const attributes = batch.readInt16BE(21);
  const last = lastOffsetOf(batch);
  const codec = CODECS[attributes & 7] ?? `number ${attributes & 7}`;
  const range = first === last ? `offset ${first}` : `offsets ${first} to ${last}`;
  const reason = `received a batch of ${range}, codec ${codec}, that does not unpack: ${problem}; expected a readable batch`;
  const mark = markAt(batch, first);
  const standIn = { ...mark, offset: last.toString(), value: batch, isControlRecord: false };
  return [mark, Object.assign(standIn, { [UNDECODABLE]: reason })];
}

/** The last offset of a batch; its first one where the header has a negative delta. */
const lastOffsetOf = (batch: Buffer): bigint =>
  batch.readBigInt64BE(0) + BigInt(Math.max(0, batch.readInt32BE(23)));

/** A control record, which no consumer sees. For kafkajs a batch ends at its last record, which compaction may have removed. */
function markAt(batch: Buffer, offset: bigint): Message {
  const timestamp = batch.readBigInt64BE(35).toString();
  return {
    magicByte: 2,
    attributes: 0,
    timestamp,
    offset: offset.toString(),
    key: null,
    value: null,
    headers: {},
    isControlRecord: true,
    batchContext: {},
  };
}
