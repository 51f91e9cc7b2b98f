import { describe, expect, it } from 'vitest';
import { baselineOf, isStalled, type Look, lookAt, STALLED_AFTER_MS } from '../../src/web/ingest-progress.ts';

const ends = (high: Record<number, bigint>) => ({
  clusterId: 'c',
  ends: new Map(Object.entries(high).map(([partition, end]) => [Number(partition), end])),
});

/** Looks one after another; whether the last finds ingest stalled. */
function stalledAfter(...looks: readonly Look[]): boolean {
  let baseline: Look | undefined;
  let stalled = false;
  for (const look of looks) {
    baseline = baselineOf(baseline, look);
    stalled = isStalled(baseline, look);
  }
  return stalled;
}
const look = (stored: bigint, behind: bigint, at: number): Look => ({ stored, behind, at });

describe('the progress of ingest', () => {
  it('the progress of ingest counts what Kafka has and Postgres has not, partitions that were never stored included', () => {
    const seen = lookAt(ends({ 0: 10n, 1: 5n, 2: 0n }), new Map([[0, 7n]]), 3);
    expect(seen).toEqual({ stored: 7n, behind: 8n, at: 3 });
  });

  it('the progress of ingest counts no lag where Postgres is further than Kafka, as after a topic was made anew', () => {
    expect(lookAt(ends({ 0: 2n }), new Map([[0, 7n]]), 0).behind).toBe(0n);
  });

  it('the progress of ingest is stalled where records wait and nothing was stored for long', () => {
    expect(stalledAfter(look(5n, 1n, 0), look(5n, 4n, STALLED_AFTER_MS))).toBe(true);
  });

  it('the progress of ingest is not stalled before that, nor where one record was stored, nor where nothing waits', () => {
    expect(stalledAfter(look(5n, 1n, 0), look(5n, 4n, STALLED_AFTER_MS - 1))).toBe(false);
    expect(stalledAfter(look(5n, 1n, 0), look(6n, 9n, STALLED_AFTER_MS))).toBe(false);
    expect(stalledAfter(look(5n, 0n, 0), look(5n, 1n, STALLED_AFTER_MS))).toBe(false);
  });

  it('the progress of ingest goes on from the moment at which something was stored last', () => {
    const later = STALLED_AFTER_MS + 5;
    expect(stalledAfter(look(5n, 3n, 0), look(6n, 3n, 5), look(6n, 3n, later - 1))).toBe(false);
    expect(stalledAfter(look(5n, 3n, 0), look(6n, 3n, 5), look(6n, 3n, later))).toBe(true);
  });
});
