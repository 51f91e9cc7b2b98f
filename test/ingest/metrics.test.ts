import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { IngestMetrics } from '../../src/ingest/metrics.ts';

/** The metrics that a scrape has after something was counted. */
async function scraped(count: (metrics: IngestMetrics) => void): Promise<string> {
  const registry = new Registry();
  count(new IngestMetrics(registry));
  return registry.metrics();
}
const record = (timestamp: number) => ({ offset: 0n, timestamp, key: null, value: null });

it('IngestMetrics counts what became of the records of each batch, and how long each took from Kafka to its row', async () => {
  const text = await scraped((metrics) => {
    metrics.stored(
      { inserted: 2, duplicate: 1, rejected: 0 },
      [record(0), record(Date.now() + 60_000)],
      0.01,
    );
    metrics.stored({ inserted: 1, duplicate: 0, rejected: 4 }, [record(Date.now())], 0.01);
  });
  expect(text).toContain('shopstream_ingest_records_total{outcome="inserted"} 3');
  expect(text).toContain('shopstream_ingest_records_total{outcome="duplicate"} 1');
  expect(text).toContain('shopstream_ingest_records_total{outcome="rejected"} 4');
  expect(text).toContain('shopstream_ingest_batch_records_sum 3');
  expect(text).toContain('shopstream_kafka_to_row_seconds_count 3');
  // A producer's clock that is ahead makes no time negative; the one of 1970 is behind every bucket.
  expect(text).toContain('shopstream_kafka_to_row_seconds_bucket{le="60"} 2');
});

it('IngestMetrics has the lag of each partition as it was last known', async () => {
  const text = await scraped((metrics) => {
    metrics.taken(0, 5, 7n);
    metrics.taken(1, 1, 1n);
    metrics.lag(0, 2n);
  });
  expect(text).toContain('shopstream_ingest_lag_records{partition="0"} 2');
  expect(text).toContain('shopstream_ingest_lag_records{partition="1"} 1');
  expect(text).toContain('shopstream_events_consumed_total 6');
});

it('IngestMetrics counts failed transactions and forwarded dead letters', async () => {
  const text = await scraped((metrics) => {
    metrics.failed();
    metrics.forwarded(3);
  });
  expect(text).toContain('shopstream_ingest_failed_transactions_total 1');
  expect(text).toContain('shopstream_dead_letters_forwarded_total 3');
});
