// The records behind a flushed row, on a real broker: those of its group among others, and what is told of those that are not there.

import { beforeAll, expect, it } from 'vitest';
import { recordsBehind } from '../../src/aggregator/provenance.ts';
import { TopicReader } from '../../src/consumer/topic-reader.ts';
import { afterFile } from '../support/after-file.ts';
import { startTopics } from './realtime/on-topics.ts';

let topics: Awaited<ReturnType<typeof startTopics>>;
let reader: TopicReader;
beforeAll(async () => {
  topics = await startTopics();
  reader = new TopicReader(topics.kafka);
  afterFile(() => reader.close());
  await topics.save(`name: sheets
topic: prints
group: { fields: [subscriber], periods: [{ field: at, period: DAY }] }
aggregate: [{ field: sheets, operation: SUM }]
flush: { by: TIMEOUT, timeout: { type: HOUR, hours: 1 } }
`);
  // Of partition 0, each third record: the offsets of one are 0, 1, 2 …
  const ofPartition0 = (values: readonly object[]) =>
    values.flatMap((value) => [JSON.stringify(value), 'other partitions', 'have something else']);
  await topics.send('prints', ofPartition0(RECORDS));
});

const at = '2026-01-31T12:00:00.000Z';
const RECORDS = [
  { subscriber: 'Ada', sheets: 1, at },
  { subscriber: 'Bob', sheets: 2, at },
  { subscriber: 'Ada', sheets: 'many', at },
  { subscriber: 'Ada', sheets: 3, at: '2026-02-01T00:00:00.000Z' },
  { subscriber: 'Ada', sheets: 4, at: '2026-01-31T23:59:59.999Z' },
  ...Array.from({ length: 250 }, () => ({ subscriber: 'Eve', sheets: 1, at })),
];

/** A row of these places. */
const rowOf = (subscriber: string, sources: readonly string[], count: number, exact = true) => ({
  seq: 1,
  id: 'x',
  flushed_at: new Date(0),
  run: null,
  row: JSON.stringify({
    subscriber,
    day_at: '2026-01-31T00:00:00.000Z',
    sum_sheets: 5,
    meta: { version: 1, count, sources, sources_exact: exact },
  }),
});
const offsets = (records: readonly { readonly offset: bigint }[]) =>
  records.map(({ offset }) => Number(offset));

it('the records behind a row are those of its group and period, but for others between them and those set aside', async () => {
  const row = rowOf('Ada', ['prints/0:0-4'], 2, false);
  const { records, missing, exact } = await recordsBehind(topics.pool, reader, 'sheets', row);
  expect(offsets(records)).toEqual([0, 4]);
  expect(records.map(({ value }) => JSON.parse(String(value)).sheets)).toEqual([1, 4]);
  expect([missing, exact]).toEqual([undefined, false]);
});

it('of many records behind a row the first 200 are shown, which is said', async () => {
  const row = rowOf('Eve', ['prints/0:5-254'], 250);
  const { records, missing } = await recordsBehind(topics.pool, reader, 'sheets', row);
  expect(offsets(records)).toEqual(Array.from({ length: 200 }, (_, index) => index + 5));
  expect(missing).toBe('these are the first 200');
});

it('it is said where records behind a row are no longer there, in files, or in a topic that is gone', async () => {
  const behind = (row: Parameters<typeof recordsBehind>[3]) =>
    recordsBehind(topics.pool, reader, 'sheets', row);
  expect(await behind(rowOf('Ada', ['prints/0:0'], 7))).toMatchObject({
    count: 7,
    missing: 'the others are no longer in Kafka, or lie too far apart',
  });
  expect(await behind({ ...rowOf('Ada', ['a.csv:2-3'], 2), run: 1 })).toMatchObject({
    records: [],
    sources: ['a.csv:2-3'],
    missing: 'they are in files: each place is file:lines',
  });
  const gone = await behind(rowOf('Ada', ['gone/0:0-4'], 2));
  expect([gone.records, gone.missing]).toEqual([[], expect.stringContaining("Kafka can't be read: ")]);
});
