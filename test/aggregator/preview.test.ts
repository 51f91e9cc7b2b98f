// What a definition would do with some records: by the core alone, on a clock that the records move.

import { expect, it } from 'vitest';
import { InputError } from '../../src/aggregator/batch/reading.ts';
import { readDefinition } from '../../src/aggregator/definition/read.ts';
import {
  comparePreviews,
  fieldsOf,
  type Preview,
  previewFile,
  previewRecords,
} from '../../src/aggregator/preview.ts';

const HOURLY = '{ by: TIMEOUT, timeout: { type: HOUR, hours: 1 } }';
const definition = (flush: string, operation = 'SUM', more = '') =>
  readDefinition(
    `name: x\ngroup: { fields: [a] }\naggregate: [{ field: n, operation: ${operation}, as: n }]\nflush: ${flush}\n${more}`,
  );

let offset = 0n;
const record = (minutes: number, value: string | null) => ({
  partition: 0,
  offset: offset++,
  timestamp: Date.UTC(2026, 0, 1, 0, minutes),
  key: null,
  value: value === null ? null : Buffer.from(value),
});
const of = (minutes: number, a: string, n: unknown = 1) => record(minutes, JSON.stringify({ a, n }));
const said = ({ flushed }: Preview) =>
  flushed.map(
    ({ session, type, at }) => `${session.group[0]} ${session.count} ${type} ${new Date(at).toISOString()}`,
  );

it('the clock of a preview goes with the records: what is due at one of them is flushed before it', () => {
  const preview = previewRecords(definition(HOURLY), 't', [of(0, 'X'), of(7, 'Y'), of(60, 'Z'), of(66, 'X')]);
  expect(said(preview)).toEqual(['X 1 TIMEOUT 2026-01-01T01:00:00.000Z']);
  expect(preview.open.map(({ group }) => group[0])).toEqual(['Y', 'Z', 'X']);
});

it('the clock of a preview is never set back by a record that comes late', () => {
  const preview = previewRecords(definition(HOURLY), 't', [
    of(30, 'X'),
    of(0, 'Y'),
    of(89, 'Z'),
    of(90, 'Z'),
  ]);
  expect(said(preview)).toEqual([
    'X 1 TIMEOUT 2026-01-01T01:30:00.000Z',
    'Y 1 TIMEOUT 2026-01-01T01:30:00.000Z',
  ]);
});

it.each(['END_OF_TRANSACTION', 'END_OF_STREAM'])(
  'a definition that flushes by %s has the records of a topic as its only file',
  (by) => {
    const preview = previewRecords(definition(`{ by: ${by} }`), 't', [of(0, 'X'), of(1, 'X'), of(200, 'Y')]);
    expect(preview.flushed.map(({ session }) => [session.group[0], session.count])).toEqual([
      ['X', 2],
      ['Y', 1],
    ]);
    expect(preview.open).toEqual([]);
  },
);

it('a preview tells with its place of each record that would be set aside, also of one that is over the limit', () => {
  offset = 0n;
  const limited = definition(HOURLY, 'SUM', 'limits: { max_sessions: 1 }');
  const { asides, records } = previewRecords(limited, 't', [
    of(0, 'X', 'many'),
    record(0, 'no JSON'),
    record(0, null),
    of(0, 'X'),
    of(0, 'Y'),
  ]);
  expect(records).toBe(5);
  expect(asides).toEqual([
    { place: 't/0:0', message: expect.stringContaining('n: received "many", expected a decimal number') },
    { place: 't/0:1', message: expect.stringContaining('received text that is not JSON') },
    { place: 't/0:2', message: 'received a record without a value, expected a JSON object' },
    { place: 't/0:4', message: expect.stringContaining('expected at most 1 (max_sessions)') },
  ]);
});

it('a preview of a file reads it as its name says, and passes a due time over, as a run does', async () => {
  const file = { name: 'C:/data/a.NDJSON', text: '{"a":"X","n":1}\n{"a":\n{"a":"X","n":2}\n' };
  const preview = await previewFile(definition(HOURLY), file, Date.UTC(2026, 0, 1));
  expect(preview.open.map(({ group, count }) => [group[0], count])).toEqual([['X', 2]]);
  expect(preview.asides).toEqual([
    { place: 'a.NDJSON:2', message: expect.stringContaining('received text that is not JSON') },
  ]);
  for (const name of ['a.exe', 'a.csv.gz', '../../etc/passwd', ''])
    await expect(previewFile(definition(HOURLY), { name, text: '' }, 0)).rejects.toThrow(InputError);
});

it('two previews differ by the rows that only one of them has, each as often as it has it', () => {
  const records = [of(0, 'X', 1), of(1, 'X', 1), of(2, 'Y', 5), of(3, 'Y', 5)];
  const [sum, max] = ['SUM', 'MAX'].map((operation) =>
    previewRecords(definition('{ by: END_OF_STREAM }', operation), 't', records),
  ) as [Preview, Preview];
  const { added, gone, before } = comparePreviews(sum, max);
  expect([...added].map(({ session }) => session.group[0])).toEqual(['X', 'Y']);
  expect(gone.map(({ session }) => session.group[0])).toEqual(['X', 'Y']);
  expect(before).toEqual({ flushed: 2, open: 0, asides: 0 });
  const same = comparePreviews(sum, sum);
  expect([same.added.size, same.gone]).toEqual([0, []]);
  const twice = { ...sum, flushed: [...sum.flushed, ...sum.flushed] };
  expect(comparePreviews(sum, twice).added.size).toBe(2);
});

it('the fields of records have their types, a value and how many have them, in the order in which they come first', () => {
  const fields = fieldsOf([
    record(0, '{"a":"x","n":1,"t":"2026-01-01T00:00:00"}'),
    record(0, '{"n":12345678901234567890,"a":null,"o":{"b":[1]},"t":"today"}'),
    record(0, '[1]'),
    record(0, 'no JSON'),
    record(0, null),
  ]);
  expect(fields).toEqual([
    { name: 'a', types: ['null', 'text'], example: '"x"', records: 2 },
    { name: 'n', types: ['number'], example: '12345678901234567890', records: 2 },
    { name: 't', types: ['text', 'time'], example: '"today"', records: 2 },
    { name: 'o', types: ['object'], example: '{"b":[1]}', records: 1 },
  ]);
});
