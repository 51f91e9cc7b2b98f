// Batches as kafkajs delivers them from a fetch: some that can't be decoded between good ones, and more of them than fit into memory.

import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { BATCH_HEADER } from '../../src/broker/log/record-batch.ts';
import { MAX_UNPACKED_BYTES } from '../../src/kafka/codecs.ts';
import { MOST_PIECES } from '../../src/kafka/fetched-records.ts';
import { undecodableReason } from '../../src/kafka/undecodable-batch.ts';
import { batch, withCrc } from '../broker/batch.ts';

const require = createRequire(import.meta.url);
type Record = {
  readonly offset: string;
  readonly value: Buffer | null;
  readonly isControlRecord: boolean;
};
type Decode = (bytes: object) => Promise<readonly Record[]>;
const Decoder: new (bytes: Buffer) => object = require('kafkajs/src/protocol/decoder.js');

/** What kafkajs makes of the batches of a partition, as a fetch has them: behind their length. */
const decode = (...batches: readonly Buffer[]) => {
  const bytes = Buffer.concat([Buffer.alloc(4), ...batches]);
  bytes.writeInt32BE(bytes.length - 4);
  const decodeMessages: Decode = require('kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js');
  return decodeMessages(new Decoder(bytes));
};

/** A batch at this offset, of a codec, whose records were replaced by these bytes. */
function damaged(offset: bigint, values: readonly string[], codec: number, body: Buffer): Buffer {
  const bytes = Buffer.concat([batch({ values, attributes: codec }).subarray(0, BATCH_HEADER), body]);
  bytes.writeBigInt64BE(offset);
  bytes.writeInt32BE(bytes.length - 12, 8);
  return withCrc(bytes);
}

/** A batch of one record without key or value, as often as `count` says, packed. */
function manyTimes(count: number): Buffer {
  const bytes = damaged(0n, ['x'], 1, gzipSync(Buffer.alloc(count * 7, Buffer.of(12, 0, 0, 0, 1, 1, 0))));
  bytes.writeInt32BE(count - 1, 23);
  bytes.writeInt32BE(count, 57);
  return bytes;
}

const told = (records: readonly Record[]) =>
  records.map((record) => [record.offset, record.isControlRecord, undecodableReason(record)]);

it('a batch that does not unpack stands as one record at its last offset, with its bytes and why, behind a control record at its first', async () => {
  const bytes = damaged(7n, ['a', 'b', 'c'], 1, Buffer.from('no gzip'));
  const whole = damaged(10n, ['d'], 0, batch({ values: ['d'] }).subarray(BATCH_HEADER));
  const decoded = await decode(bytes, whole);
  expect(told(decoded)).toEqual([
    ['7', true, undefined],
    [
      '9',
      false,
      expect.stringMatching(
        /^received a batch of offsets 7 to 9, codec gzip, that does not unpack: .+; expected a readable batch$/,
      ),
    ],
    ['10', false, undefined],
  ]);
  expect(decoded[1]?.value).toEqual(bytes);
});

it('a batch of one record that does not unpack, and one of a codec that there is not, say so', async () => {
  const decoded = await decode(damaged(7n, ['a'], 6, Buffer.from('x')));
  expect(told(decoded)[1]?.[2]).toContain('a batch of offset 7, codec number 6, that');
});

it('a batch that does not unpack is no ordinary record, whatever that one holds', async () => {
  const whole = await decode(
    batch({ values: ['undecodable batch', null], keys: ['Symbol(undecodable batch)', null] }),
  );
  expect(told(whole)).toEqual([
    ['0', false, undefined],
    ['1', false, undefined],
  ]);
});

it('a batch that does not unpack is not what the end of a fetch has cut off: kafkajs asks for that again', async () => {
  const bytes = damaged(7n, ['a'], 1, gzipSync('x'));
  expect(await decode(bytes.subarray(0, bytes.length - 1))).toEqual([]);
  expect(told(await decode(batch(), bytes.subarray(0, 20)))).toEqual([['0', false, undefined]]);
});

it('a batch may have more records than a call has arguments, and is set aside whole where it has more than memory has room for', async () => {
  const many = 150_000;
  const values = Array.from({ length: many }, () => null);
  const decoded = await decode(batch({ values }));
  expect([decoded.length, decoded.at(-1)?.offset]).toEqual([many, String(many - 1)]);
  expect(told(await decode(manyTimes(MOST_PIECES + 1)))[1]?.[2]).toContain(
    `received ${MOST_PIECES + 1} records and headers, expected at most ${MOST_PIECES}`,
  );
});

it('a batch waits for the next fetch where those before it unpack to much', async () => {
  const body = Buffer.concat([batch({ values: ['v'.repeat(1000)] }).subarray(BATCH_HEADER)]);
  const large = Buffer.concat([body, Buffer.alloc(MAX_UNPACKED_BYTES / 2 - body.length)]);
  // What is behind the record makes it unreadable, and is not kept: only what can be read counts.
  expect(told(await decode(damaged(0n, ['a'], 1, gzipSync(large))))[1]?.[2]).toContain(
    'after the last record',
  );
  const value = 'v'.repeat(MAX_UNPACKED_BYTES / 2);
  const half = batch({ values: [value] });
  const packed = (offset: bigint) => damaged(offset, ['a'], 1, gzipSync(half.subarray(BATCH_HEADER)));
  const decoded = await decode(packed(0n), packed(1n), packed(2n));
  expect(told(decoded)).toEqual([
    ['0', false, undefined],
    ['1', false, undefined],
  ]);
});

it('a batch ends at its last offset, also where compaction has removed the records that were there, or all of them', async () => {
  const tail = batch({ values: ['a', 'b'] });
  tail.writeBigInt64BE(4n);
  tail.writeInt32BE(6, 23);
  const empty = batch({ values: ['a'] }).subarray(0, BATCH_HEADER);
  empty.writeBigInt64BE(11n);
  empty.writeInt32BE(BATCH_HEADER - 12, 8);
  empty.writeInt32BE(2, 23);
  empty.writeInt32BE(0, 57);
  expect(told(await decode(withCrc(tail), withCrc(empty)))).toEqual([
    ['4', false, undefined],
    ['5', false, undefined],
    ['10', true, undefined],
    ['13', true, undefined],
  ]);
});
