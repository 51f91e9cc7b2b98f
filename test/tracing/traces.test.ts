import { describe, expect, it } from 'vitest';
import { Traces } from '../../src/tracing/traces.ts';
import { anEvent } from '../support/events.ts';

const at = (offset: bigint, partition = 0) => ({ topic: 'ecommerce', partition, offset, at: 1_005 });

/** Traces that note what the observer is told, as [step, milliseconds]. */
function observed() {
  const told: [string, number][] = [];
  const note = (step: string) => (ms: number) => told.push([step, ms]);
  const traces = new Traces({ acknowledged: note('kafka'), stored: note('row'), charted: note('chart') });
  return { traces, told };
}

describe('a trace', () => {
  it('a trace follows an event from request to chart, in milliseconds since it was received', () => {
    const { traces, told } = observed();
    const event = anEvent();
    const hops = traces.begin(event, 1_000);
    expect(traces.recent(event.user_id, 9)).toMatchObject([
      { kafka: null, postgres: null, chart: null, lost: null },
    ]);
    traces.acknowledged(hops, at(7n));
    traces.stored(0, 7n, 1_010);
    expect(traces.recent(event.user_id, 9)).toMatchObject([
      { kafka: { offset: '7', ms: 5 }, postgres: null },
    ]);
    traces.stored(0, 8n, 1_020);
    traces.charted(traces.takeStored(), 1_030);
    expect(traces.recent(event.user_id, 9)).toMatchObject([{ postgres: { ms: 20 }, chart: { ms: 30 } }]);
    expect(told).toEqual([
      ['kafka', 5],
      ['row', 20],
      ['chart', 30],
    ]);
  });

  it('a trace is stored where ingest was done before Kafka had answered us', () => {
    const { traces } = observed();
    const hops = traces.begin(anEvent(), 1_000);
    traces.stored(0, 8n, 1_004);
    traces.acknowledged(hops, at(7n));
    expect(hops.storedAt).toBe(1_004);
  });

  it('a trace has taken no time, rather than less, where the clock was set back', () => {
    const { traces, told } = observed();
    const event = anEvent();
    traces.acknowledged(traces.begin(event, 9_000), at(7n));
    traces.stored(0, 8n, 1_010);
    expect(traces.recent(event.user_id, 9)).toMatchObject([{ kafka: { ms: 0 }, postgres: { ms: 0 } }]);
    expect(told).toEqual([
      ['kafka', 0],
      ['row', 0],
    ]);
  });

  it('a trace is not stored by what another partition has stored', () => {
    const { traces } = observed();
    const hops = traces.begin(anEvent(), 1_000);
    traces.acknowledged(hops, at(7n, 1));
    traces.stored(0, 100n, 1_010);
    expect(hops.storedAt).toBeUndefined();
  });

  it('a trace is told to those who watch the visitor, and to nobody after they stop', () => {
    const { traces } = observed();
    const event = anEvent();
    const seen: string[] = [];
    const unwatch = traces.watch(event.user_id, (trace) => seen.push(trace.kafka?.offset ?? 'received'));
    const hops = traces.begin(event, 1_000);
    traces.acknowledged(hops, at(7n));
    traces.begin(anEvent(), 1_000);
    unwatch();
    traces.stored(0, 8n, 1_010);
    expect(seen).toEqual(['received', '7']);
  });

  it("the trace of a repeated order_id is the first one's, unless that one was lost", () => {
    const { traces } = observed();
    const event = anEvent();
    const first = traces.begin(event, 1_000);
    traces.begin({ ...event, product: 'sneakers' }, 2_000);
    expect(traces.find(event.order_id)).toBe(first);
    expect(traces.recent(event.user_id, 9)).toHaveLength(1);
    traces.lost(first, 'Kafka refuses it');
    const second = traces.begin(event, 3_000);
    expect(traces.find(event.order_id)).toBe(second);
    expect(traces.recent(event.user_id, 9)).toMatchObject([{ lost: null }]);
  });

  it("a trace is kept for a visitor's newest events only, and for the newest of all", () => {
    const { traces } = observed();
    const event = anEvent();
    for (let n = 0; n < 30; n++) traces.begin({ ...anEvent(), user_id: event.user_id }, n);
    expect(traces.recent(event.user_id, 99)).toHaveLength(20);
    expect(traces.recent(event.user_id, 1)[0]?.received_at).toBe(new Date(29).toISOString());
    for (let n = 0; n < 9_970; n++) traces.begin(anEvent(), n);
    expect(traces.recent(event.user_id, 99)).toHaveLength(20);
    for (let n = 0; n < 10_001; n++) traces.begin(anEvent(), n);
    expect(traces.recent(event.user_id, 99)).toHaveLength(0);
  });
});
