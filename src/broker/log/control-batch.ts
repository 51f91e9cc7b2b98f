// The batch that ends a transaction in a partition (KIP-98): one control record, which commits or aborts the records of its
// producer since the last one. Consumers skip it.
//
//   ControlRecord => key value     key => version type, INT16 both, type 0 aborts and 1 commits
//     value => version coordinatorEpoch     version => INT16   coordinatorEpoch => INT32

import { crc32c } from '../crc32c.ts';
import { writeInt64 } from '../wire/int64.ts';
import { forEachRecord } from './record.ts';
import { BATCH_HEADER, CONTROL, LENGTH_PREFIX, TRANSACTIONAL } from './record-batch.ts';

const MAGIC = 2;
const ABORT = 0;
const COMMIT = 1;
/** One byte each: length, attributes, two deltas, key length; the key (4 bytes), value length, value (6), no headers. */
const RECORD = Buffer.of(32, 0, 0, 0, 8, 0, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0);
const TYPE_AT = BATCH_HEADER + 7;
const KEY_BYTES = 4;

/** A marker, whose offset the log sets when it is appended. @param now ms */
export function markerBatch(producerId: number, epoch: number, isCommit: boolean, now: number): Buffer {
  const batch = Buffer.concat([Buffer.alloc(BATCH_HEADER), RECORD]);
  batch.writeInt32BE(batch.length - LENGTH_PREFIX, 8);
  batch.writeInt8(MAGIC, 16);
  batch.writeInt16BE(TRANSACTIONAL | CONTROL, 21);
  writeInt64(batch, now, 27);
  writeInt64(batch, now, 35);
  writeInt64(batch, producerId, 43);
  batch.writeInt16BE(epoch, 51);
  batch.writeInt32BE(-1, 53);
  batch.writeInt32BE(1, 57);
  batch.writeInt16BE(isCommit ? COMMIT : ABORT, TYPE_AT);
  batch.writeUInt32BE(crc32c(batch.subarray(21)), 17);
  return batch;
}

/** Whether a control batch aborts its transaction. */
export function isAbort(batch: Buffer): boolean {
  let type = COMMIT;
  forEachRecord(batch.subarray(BATCH_HEADER), 1, ({ key }) => {
    if (key !== undefined && key.length >= KEY_BYTES) type = key.readInt16BE(2);
  });
  return type === ABORT;
}
