// A look-up by time finds the first record since that time, also where timestamps decrease, as after a producer's clock was set back, and
// where a batch's header is wrong about its records.

import { expect, test } from 'vitest';
import { BATCH_HEADER, readHeader } from '../../../src/broker/log/record-batch.ts';
import { seeded } from '../../chaos/random.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { batch, gzipped, withCrc } from '../batch.ts';
import { append, NOW, open } from './a-log.ts';

const RECORDS = 150;
const LONG = 'x'.repeat(500);

test('a time is looked up right where the times of the records go back', () => {
  const random = seeded(5);
  const log = open(temporaryFolder());
  const times: number[] = [];
  for (let at = NOW - 10 * 3_600_000, n = 0; n < RECORDS; n += 1) {
    // Mostly on, and now and then back by up to an hour.
    at += random() < 0.05 ? -Math.floor(random() * 3_600_000) : Math.floor(random() * 60_000);
    times.push(at);
    append(log, { values: [LONG], timestamps: [at] });
  }
  for (const time of [...times, ...times.map((one) => one + 1), 0]) {
    const first = times.findIndex((one) => one >= time);
    const found = first === -1 ? null : { offset: first, timestamp: times[first] };
    expect([time, log.findTime(time)]).toEqual([time, found]);
  }
});

/** A log of three batches, the second of which is `bytes`. */
function around(bytes: Buffer) {
  const log = open(temporaryFolder());
  append(log, { values: ['a', 'b'], timestamps: [NOW, NOW + 1] });
  log.append(bytes, readHeader(bytes, 0), NOW);
  append(log, { timestamps: [NOW + 100] });
  return log;
}
const TIMES = { values: ['c', 'd', 'e'], timestamps: [NOW + 10, NOW + 20, NOW + 30] };

test('a time is found inside of a packed batch', () => {
  const log = around(gzipped(batch(TIMES)));
  expect(log.findTime(NOW + 15)).toEqual({ offset: 3, timestamp: NOW + 20 });
  expect(log.findTime(NOW + 31)).toEqual({ offset: 5, timestamp: NOW + 100 });
});

test('a batch that does not unpack is found by its first record', () => {
  const broken = gzipped(batch(TIMES));
  broken.fill(0xff, BATCH_HEADER + 12);
  expect(around(withCrc(broken)).findTime(NOW + 15)).toEqual({ offset: 2, timestamp: NOW + 10 });
});

test('a batch whose time is that of its append has it in all its records', () => {
  const bytes = batch(TIMES);
  bytes.writeInt16BE(1 << 3, 21);
  expect(around(withCrc(bytes)).findTime(NOW + 15)).toEqual({ offset: 2, timestamp: NOW + 30 });
});

test.each([
  ['behind', 63],
  ['before', -2],
])(
  'a packed record that claims an offset %s its batch leads nobody past the records of others',
  (_, delta) => {
    const bytes = batch(TIMES);
    // The second record: its length, its attributes and the delta of its time are a byte each.
    const second = BATCH_HEADER + 1 + (bytes.readUInt8(BATCH_HEADER) >> 1);
    bytes.writeUInt8(delta < 0 ? -2 * delta - 1 : 2 * delta, second + 3);
    expect(around(gzipped(bytes)).findTime(NOW + 15)).toEqual({ offset: 2, timestamp: NOW + 10 });
  },
);
