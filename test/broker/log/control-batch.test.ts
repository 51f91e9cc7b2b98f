import { expect, test } from 'vitest';
import { isAbort, markerBatch } from '../../../src/broker/log/control-batch.ts';
import { forEachRecord, recordsAreWhole } from '../../../src/broker/log/record.ts';
import {
  BATCH_HEADER,
  crcIsRight,
  isControl,
  isTransactional,
  readHeader,
  storedSize,
} from '../../../src/broker/log/record-batch.ts';

const NOW = 1_700_000_000_000;

test.each([
  [true, '00000001'],
  [false, '00000000'],
])('a marker that commits: %j is a whole control batch of one record, whose key says so', (isCommit, key) => {
  const marker = markerBatch(2 ** 40, 7, isCommit, NOW);
  const header = readHeader(marker, 0);
  expect(header).toMatchObject({ producerId: 2 ** 40, producerEpoch: 7, records: 1, maxTimestamp: NOW });
  expect([isControl(header), isTransactional(header), isAbort(marker)]).toEqual([true, true, !isCommit]);
  expect([storedSize(marker, 0), crcIsRight(marker, 0, marker.length)]).toEqual([marker.length, true]);
  expect(recordsAreWhole(marker, BATCH_HEADER, 1)).toBe(true);
  const records = marker.subarray(BATCH_HEADER);
  // Length, attributes, two deltas and the length of the key are one byte each.
  expect(records.toString('hex', 5, 9)).toBe(key);
  let places = 0;
  forEachRecord(records, 1, () => {
    places += 1;
  });
  expect(places).toBe(1);
});
