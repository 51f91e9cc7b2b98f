import { describe, expect, it } from 'vitest';
import type { PipelineState } from '../../../src/pipeline/state.ts';
import { script } from '../script.ts';
import { AT, part, partition, state } from './state.ts';

type Arrow = { readonly from: string; readonly to: string };
type Stations = {
  healthOf(name: string, state: PipelineState): string;
  linesOf(state: PipelineState): Readonly<Record<string, readonly string[]>>;
  outboxShare(state: PipelineState): number;
  topicWords(kafka: PipelineState['kafka'], lanes: number): string;
  rateOf(arrow: Arrow, state: PipelineState): number | undefined;
  faultOf(arrow: Arrow, state: PipelineState): { kind: string; words: string } | undefined;
  inWords(state: PipelineState): string;
};
const { healthOf, linesOf, outboxShare, topicWords, rateOf, faultOf, inWords } =
  await script<Stations>('pipeline/stations.js');

const STATIONS = ['shop', 'outbox', 'kafka', 'ingest', 'postgres', 'dashboards'];
const ARROWS: readonly Arrow[] = [
  { from: 'shop', to: 'outbox' },
  { from: 'outbox', to: 'kafka' },
  { from: 'kafka', to: 'ingest' },
  { from: 'ingest', to: 'postgres' },
  { from: 'postgres', to: 'dashboards' },
  { from: 'kafka', to: 'followers' },
  { from: 'followers', to: 'postgres' },
];
const fault = (target: 'kafka' | 'postgres' | 'outbox', ms: number | null = null) =>
  ({ target, kind: target === 'outbox' ? 'full' : ms === null ? 'cut' : 'slow', ms, until: AT }) as const;
const FULL = state({ faults: [fault('outbox')] });

describe('the health of a station', () => {
  const notGood = (now: PipelineState) =>
    Object.fromEntries(
      STATIONS.map((name) => [name, healthOf(name, now)]).filter(([, health]) => health !== 'good'),
    );
  const withPart = (name: string, changes: object) => state({ parts: [part(name, changes)] });

  it.each<[string, PipelineState, Record<string, string>]>([
    ['is good where all parts run', state(), {}],
    ['is good where the web part runs alone, and knows of no part', state({ parts: [] }), {}],
    [
      'is that of the part that runs it: three are run by the web part',
      withPart('web', { state: 'starting' }),
      { shop: 'bad', outbox: 'bad', dashboards: 'bad' },
    ],
    [
      'tells a paused part from one that starts again',
      withPart('ingest', { state: 'paused' }),
      { ingest: 'paused' },
    ],
    [
      'is bad where Kafka does not answer',
      state({ kafka: { ...state().kafka, problem: 'away' } }),
      { kafka: 'bad' },
    ],
    ['is bad where Postgres does not answer', state({ postgres: { problem: 'away' } }), { postgres: 'bad' }],
    ['is bad of an outbox without room, while its part runs', FULL, { outbox: 'bad' }],
  ])('the health of a station %s', (_, now, expected) => {
    expect(notGood(now)).toEqual(expected);
  });

  it('the health of a station whose part is paused is that, also where its server does not answer', () => {
    const now = state({ parts: [part('postgres', { state: 'paused' })], postgres: { problem: 'away' } });
    expect(healthOf('postgres', now)).toBe('paused');
  });
});

describe('the lines of a station', () => {
  it('the lines of a station have its figure, what that is, and the process that runs it', () => {
    expect(linesOf(state())).toEqual({
      shop: ['12/s', 'events taken', 'pid 4711'],
      outbox: ['3', 'wait for Kafka', '2 kB of 8 kB'],
      ingest: ['4/s', 'batches of 2.5', 'pid 4711'],
      postgres: ['980', 'rows of this stream', 'pid 4711'],
      dashboards: ['2', 'open streams', ''],
    });
  });

  it('the lines of a station say what is not known, and what does not answer', () => {
    const now = state({
      ledger: null,
      parts: [],
      postgres: { problem: 'away' },
      ingest: { ...state().ingest, records_per_batch: null },
      dashboards: { streams: 1, told_per_second: 0 },
    });
    expect(linesOf(now)).toMatchObject({
      shop: ['12/s', 'events taken', ''],
      ingest: ['4/s', 'batches', ''],
      postgres: ['–', 'rows of this stream', 'does not answer'],
      dashboards: ['1', 'open stream', ''],
    });
  });

  it('the lines of an outbox without room count what is turned away', () => {
    expect(linesOf(FULL).outbox).toEqual(['3', 'wait, no room left', '7 turned away']);
  });
});

it('the gauge of the outbox is its share of the room, and full where there is none left', () => {
  const holding = (bytes: number, most: number) =>
    outboxShare(state({ outbox: { ...state().outbox, bytes, most_bytes: most } }));
  expect([holding(0, 8_192), holding(2_048, 8_192), holding(9_000, 8_192)]).toEqual([0, 0.25, 1]);
  expect(holding(0, 0)).toBe(0);
  expect(outboxShare(FULL)).toBe(1);
});

it('the title of the partitions names the topic, how many more it has than are drawn, or that Kafka is away', () => {
  const { kafka } = state();
  const seven = { ...kafka, partitions: Array.from({ length: 7 }, (_, n) => partition(n)) };
  expect([topicWords(kafka, 2), topicWords(seven, 6)]).toEqual(['ecommerce', 'ecommerce, and 1 more']);
  expect(topicWords({ ...seven, problem: 'away' }, 6)).toBe('does not answer');
});

it('each arrow has the rate that its reader or writer tells, and that of what followers write is not known', () => {
  expect(ARROWS.map((arrow) => rateOf(arrow, state()))).toEqual([12, 11, 10, 9, 8, 6, undefined]);
});

it('a fault of connections is on the arrows that stand for them, in seconds where they are slow', () => {
  const words = (now: PipelineState) => ARROWS.map((arrow) => faultOf(arrow, now)?.words ?? '');
  expect(words(FULL)).toEqual(Array(7).fill(''));
  expect(words(state({ faults: [fault('kafka', 1_500)] }))).toEqual([
    '',
    '+1.5 s',
    '+1.5 s',
    '',
    '',
    '+1.5 s',
    '',
  ]);
  expect(words(state({ faults: [fault('postgres')] }))).toEqual(['', '', '', 'cut', 'cut', '', 'cut']);
  expect(faultOf({ from: 'outbox', to: 'kafka' }, state({ faults: [fault('kafka', 50)] }))?.kind).toBe(
    'slow',
  );
});

it('the picture in words sums up the lag, and has a dash for rows that are not known', () => {
  const { kafka } = state();
  const partitions = [partition(0, { lag: 1_200 }), partition(1, { lag: 34 })];
  expect(inWords(state({ kafka: { ...kafka, partitions }, ledger: null }))).toBe(
    'The pipe: 12 events a second into the shop, 3 wait in the outbox, 2 partitions with a lag of 1,234, 9 a second into Postgres, – rows. Followers: sessions with a lag of 0. The same is in the tables below.',
  );
});
