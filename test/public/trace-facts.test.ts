import { expect, it } from 'vitest';
import { script } from './script.ts';

const { progressOf, stationsOf } = await script<{
  progressOf(hops: object): object | undefined;
  stationsOf(trace: object): readonly { name: string; fact: string; took: string | undefined }[];
}>('trace-facts.js');

const RECEIVED = '2026-03-01T12:34:56.789Z';
const trace = {
  received_at: RECEIVED,
  lost: null,
  kafka: { topic: 'ecommerce', partition: 2, offset: '41', ms: 3.04 },
  postgres: { ms: 13.15 },
  chart: { ms: 13.15 },
};
const received = { name: 'received', fact: '12:34:56.789', took: undefined };

it('each station that an event has reached says where it is, and what it took since the one before', () => {
  expect(stationsOf(trace)).toEqual([
    received,
    { name: 'kafka', fact: 'partition 2, offset 41', took: '+3 ms' },
    { name: 'postgres', fact: 'one row', took: '+10.1 ms' },
    { name: 'chart', fact: 'counted', took: '+0 ms' },
  ]);
});

it('the chart leaves out the event of a robot', () => {
  expect(stationsOf({ ...trace, robot: true }).at(-1)?.fact).toBe('left out');
});

it('stations that an event has not reached say nothing', () => {
  expect(stationsOf({ ...trace, kafka: null, postgres: null, chart: null })).toEqual([received]);
});

const hops = {
  received_at: RECEIVED,
  acknowledged_at: '2026-03-01T12:34:56.792Z',
  topic: 'ecommerce',
  partition: 0,
  offset: '0',
  stored_at: '2026-03-01T12:34:56.999Z',
};

it('what is known of a stored event is its progress, in milliseconds since it was received', () => {
  expect(progressOf(hops)).toEqual({
    received_at: RECEIVED,
    lost: null,
    kafka: { topic: 'ecommerce', partition: 0, offset: '0', ms: 3 },
    postgres: { ms: 210 },
    chart: null,
  });
});

it('a moment that nobody remembers, or before the event was received, took no time', () => {
  const stored = { ...hops, acknowledged_at: null, stored_at: '2026-03-01T12:34:56.000Z' };
  expect(progressOf(stored)).toMatchObject({ kafka: { ms: 0 }, postgres: { ms: 0 } });
});

it('an event is not in Kafka before its offset is known, and not on its way before it was received', () => {
  expect(progressOf({ ...hops, offset: null, stored_at: null })).toMatchObject({
    kafka: null,
    postgres: null,
  });
  expect(progressOf({ ...hops, received_at: null })).toBeUndefined();
});
