// A state of the pipe in which all is well, for tests of what pages make of one.

import type { PipelineState } from '../../../src/pipeline/state.ts';

type Part = PipelineState['parts'][number];
type Partition = PipelineState['kafka']['partitions'][number];
type Follower = PipelineState['followers']['groups'][number];

/** An hour after SINCE. */
export const AT = '2026-03-02T09:00:00.000Z';
export const SINCE = '2026-03-02T08:00:00.000Z';

export const part = (name: string, changes: Partial<Part> = {}): Part => ({
  part: name,
  state: 'running',
  pid: 4_711,
  since: SINCE,
  memory: 64 * 1_048_576,
  ends: 0,
  last_end: null,
  paused_until: null,
  ...changes,
});

export const partition = (number: number, changes: Partial<Partition> = {}): Partition => ({
  partition: number,
  start: 0,
  end: 1_000,
  next: 1_000,
  lag: 0,
  member: 'ingest-abc123',
  ...changes,
});

export const follower = (name: string, lag = 0): Follower => ({
  name,
  group: `shopstream-${name}`,
  part: 'live',
  lag,
  partitions: [{ partition: 0, next: 1_000 - lag, lag }],
});

export const WHOLE: NonNullable<PipelineState['ledger']> = {
  acknowledged: 1_000,
  stored: 980,
  repeated: 15,
  set_aside: 5,
  absent: 0,
  on_the_way: 0,
  missing: 0,
  whole: true,
};

/** @param changes replace whole fields of the state */
export const state = (changes: Partial<PipelineState> = {}): PipelineState => ({
  at: AT,
  outbox: {
    taken_per_second: 12,
    acknowledged_per_second: 11,
    waiting: 3,
    bytes: 2_048,
    most_bytes: 8_192,
    taken: 5_000,
    acknowledged: 4_997,
    refused: 0,
    turned_away: 7,
    problem: null,
  },
  kafka: {
    problem: null,
    topic: 'ecommerce',
    appended_per_second: 11,
    partitions: [partition(0), partition(1)],
    group: 'shopstream-ingest',
    group_state: 'Stable',
    members: [],
  },
  ingest: {
    read_per_second: 10,
    stored_per_second: 9,
    batches_per_second: 4,
    batches: 100,
    records_per_batch: 2.5,
    seconds_per_batch: 0.01,
    failed: 0,
  },
  postgres: { problem: null },
  dashboards: { streams: 2, told_per_second: 8 },
  followers: { read_per_second: 6, groups: [follower('sessions')] },
  ledger: WHOLE,
  parts: ['postgres', 'broker', 'ingest', 'web', 'live'].map((name) => part(name)),
  faults: [],
  ...changes,
});
