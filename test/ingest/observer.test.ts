import { pino } from 'pino';
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { IngestMetrics } from '../../src/ingest/metrics.ts';
import { ingestObserver } from '../../src/ingest/observer.ts';

it('the observer of ingest counts each failed transaction and the lag, and logs the first failure alone', async () => {
  const registry = new Registry();
  const lines: string[] = [];
  const out = { write: (line: string) => void lines.push(JSON.parse(line).msg) };
  const observer = ingestObserver(new IngestMetrics(registry), pino({}, out));
  observer.taken(0, 5, 7n);
  observer.failed(new Error('away'), true);
  observer.failed(new Error('away'), false);
  observer.recovered();
  observer.caughtUp(0, 2n);
  const text = await registry.metrics();
  expect(text).toContain('shopstream_ingest_failed_transactions_total 2');
  expect(text).toContain('shopstream_events_consumed_total 5');
  expect(text).toContain('shopstream_ingest_lag_records{partition="0"} 2');
  expect(lines).toEqual(['a batch was not stored in Postgres; trying again', 'Postgres is back']);
});
