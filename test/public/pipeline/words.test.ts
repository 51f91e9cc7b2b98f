import { expect, it } from 'vitest';
import type { PipelineState } from '../../../src/pipeline/state.ts';
import { script } from '../script.ts';
import { AT, part, partition, state, WHOLE } from './state.ts';

type Part = PipelineState['parts'][number];
type Words = {
  valueAt(state: object, path: string): unknown;
  verdictOf(ledger: PipelineState['ledger']): string;
  stateWords(part: Part, now: number): string;
  partitionRows(kafka: PipelineState['kafka']): readonly (readonly string[])[];
  faultLines(faults: PipelineState['faults'], now: number): readonly string[];
};
const { valueAt, verdictOf, stateWords, partitionRows, faultLines } =
  await script<Words>('pipeline/words.js');

const NOW = Date.parse(AT);
/** ISO. @param seconds after NOW */
const after = (seconds: number) => new Date(NOW + seconds * 1_000).toISOString();

it('the value at a path is found through objects, and is undefined below what is not there', () => {
  expect(valueAt(state(), 'outbox.bytes')).toBe(2_048);
  expect(valueAt(WHOLE, 'stored')).toBe(980);
  expect(valueAt(state({ ledger: null }), 'ledger.stored')).toBeUndefined();
  expect(valueAt(state(), 'nothing.at.all')).toBeUndefined();
});

it('the verdict says that the ledger is whole, how many records are missing, or that it is not known', () => {
  const missing = (count: number) => verdictOf({ ...WHOLE, whole: false, missing: count });
  expect(verdictOf(WHOLE)).toBe('Whole: every acknowledged event is accounted for.');
  expect([missing(1), missing(1_234)]).toEqual(['1 record is missing.', '1,234 records are missing.']);
  expect(verdictOf(null)).toBe('Not known until Kafka and Postgres have answered.');
});

it('a paused part says the whole seconds that are left, and none once they are over', () => {
  const paused = (until: string | null) =>
    stateWords(part('ingest', { state: 'paused', paused_until: until }), NOW);
  expect([paused(after(4.2)), paused(after(-3)), paused(null)]).toEqual([
    'paused, 5 s left',
    'paused, 0 s left',
    'paused',
  ]);
  expect(stateWords(part('ingest'), NOW)).toBe('running');
  expect(stateWords(part('ingest', { state: 'starting' }), NOW)).toBe('is started again');
});

it('the row of a partition has its offsets with separators, and who reads it', () => {
  const partitions = [
    partition(0, { start: 5, end: 12_345, next: 12_000, lag: 345 }),
    partition(1, { member: null }),
  ];
  expect(partitionRows({ ...state().kafka, partitions })).toEqual([
    ['0', '5', '12,345', '12,000', '345', '…abc123'],
    ['1', '0', '1,000', '1,000', '0', 'nobody'],
  ]);
});

it('the line of a fault says what is disturbed and how, by how much, and how long it goes on', () => {
  expect(
    faultLines(
      [
        { target: 'kafka', kind: 'slow', ms: 400, until: after(29.1) },
        { target: 'postgres', kind: 'cut', ms: null, until: after(-1) },
      ],
      NOW,
    ),
  ).toEqual(['kafka: slow, answers 400 ms late, 30 s to go', 'postgres: cut, 0 s to go']);
});
