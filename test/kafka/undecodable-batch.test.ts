// A batch that does not unpack, as kafkajs hands it on: within a fetch, between batches that are whole.

import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { BATCH_HEADER } from '../../src/broker/log/record-batch.ts';
import { undecodableReason } from '../../src/kafka/undecodable-batch.ts';
import { batch, withCrc } from '../broker/batch.ts';

const require = createRequire(import.meta.url);
type Record = {
  readonly offset: string;
  readonly value: Buffer | null;
  readonly isControlRecord: boolean;
};
type Decode = (bytes: object) => Promise<{ readonly records: readonly Record[] }>;
const Decoder: new (bytes: Buffer) => object = require('kafkajs/src/protocol/decoder.js');
const decode = (bytes: Buffer) =>
  (require('kafkajs/src/protocol/recordBatch/v0/decoder.js') as Decode)(new Decoder(bytes));

/** A batch at this offset, of a codec, whose records were replaced by these bytes. */
function damaged(offset: bigint, values: readonly string[], codec: number, body: Buffer): Buffer {
  const bytes = Buffer.concat([batch({ values, attributes: codec }).subarray(0, BATCH_HEADER), body]);
  bytes.writeBigInt64BE(offset);
  bytes.writeInt32BE(bytes.length - 12, 8);
  return withCrc(bytes);
}
const told = ({ records }: { readonly records: readonly Record[] }) =>
  records.map((record) => [record.offset, record.isControlRecord, undecodableReason(record)]);

it('stands as one record at its last offset, with its bytes and why, behind a control record at its first', async () => {
  const bytes = damaged(7n, ['a', 'b', 'c'], 1, Buffer.from('no gzip'));
  const decoded = await decode(bytes);
  expect(told(decoded)).toEqual([
    ['7', true, undefined],
    [
      '9',
      false,
      expect.stringMatching(
        /^received a batch of offsets 7 to 9, codec gzip, that does not unpack: .+; expected a readable batch$/,
      ),
    ],
  ]);
  expect(decoded.records[1]?.value).toEqual(bytes);
});

it('of one record, and of a codec that there is not, says so', async () => {
  const decoded = await decode(damaged(7n, ['a'], 6, Buffer.from('x')));
  expect(told(decoded)[1]?.[2]).toContain('a batch of offset 7, codec number 6, that');
});

it('is no ordinary record, whatever that one holds', async () => {
  const whole = await decode(
    batch({ values: ['undecodable batch', null], keys: ['Symbol(undecodable batch)', null] }),
  );
  expect(told(whole)).toEqual([
    ['0', false, undefined],
    ['1', false, undefined],
  ]);
});

it('is not what the end of a fetch has cut off: kafkajs asks for that again', async () => {
  const bytes = damaged(7n, ['a'], 1, gzipSync('x'));
  await expect(decode(bytes.subarray(0, bytes.length - 1))).rejects.toThrow();
  await expect(decode(bytes.subarray(0, 20))).rejects.toThrow();
});
