import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import type { PublisherState } from '../../src/kafka/publisher.ts';
import { WebMetrics } from '../../src/web/metrics.ts';

it('events are counted once Kafka has them, and their way to the row and the chart in seconds', async () => {
  const registry = new Registry();
  const metrics = new WebMetrics(registry, () => ({ waiting: 0, outboxBytes: 0 }) as PublisherState);
  metrics.acknowledged();
  metrics.acknowledged();
  metrics.stored(1_500);
  metrics.charted(40);
  const text = await registry.metrics();
  expect(text).toMatch(/^shopstream_events_produced_total 2$/m);
  expect(text).toMatch(/^shopstream_click_to_row_seconds_sum 1\.5$/m);
  expect(text).toMatch(/^shopstream_click_to_row_seconds_bucket\{le="1"\} 0$/m);
  expect(text).toMatch(/^shopstream_click_to_chart_seconds_bucket\{le="0\.05"\} 1$/m);
});

it('a scrape has the outbox as it is then', async () => {
  const registry = new Registry();
  let waiting = 3;
  new WebMetrics(registry, () => ({ waiting, outboxBytes: 100 * waiting }) as PublisherState);
  expect(await registry.metrics()).toMatch(/^shopstream_outbox_events 3$/m);
  waiting = 0;
  expect(await registry.metrics()).toMatch(/^shopstream_outbox_bytes 0$/m);
});
