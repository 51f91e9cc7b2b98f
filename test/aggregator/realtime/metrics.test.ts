import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { AggregatorMetrics } from '../../../src/aggregator/realtime/metrics.ts';

/** Every sample of the registry, without the metrics' common beginning. */
const samples = async (registry: Registry): Promise<string[]> =>
  (await registry.metrics())
    .split('\n')
    .filter((line) => line.startsWith('shopstream_aggregator_'))
    .map((line) => line.slice('shopstream_aggregator_'.length))
    .sort();

it('of each definition one sees what is open beside its limit, and all that was flushed and set aside, while it runs', async () => {
  const registry = new Registry();
  const metrics = new AggregatorMetrics(registry);
  metrics.changed('sheets', { open: 5, most: 10, flushed: 2, asides: 1 });
  metrics.changed('sheets', { open: 3, most: 10, flushed: 4, asides: 0 });
  metrics.changed('other', { open: 1, most: 7, flushed: 0, asides: 0 });
  expect(await samples(registry)).toEqual([
    'flushed_rows_total{definition="other"} 0',
    'flushed_rows_total{definition="sheets"} 6',
    'max_sessions{definition="other"} 7',
    'max_sessions{definition="sheets"} 10',
    'open_sessions{definition="other"} 1',
    'open_sessions{definition="sheets"} 3',
    'set_aside_total{definition="other"} 0',
    'set_aside_total{definition="sheets"} 1',
  ]);
  metrics.ended('sheets');
  expect((await samples(registry)).filter((line) => line.includes('sheets'))).toEqual([]);
});
