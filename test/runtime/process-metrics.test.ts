import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { collectProcessMetrics } from '../../src/runtime/process-metrics.ts';

it('metrics of a process say how late its event loop is, and nothing that is the period of a timer', async () => {
  const registry = new Registry();
  collectProcessMetrics(registry, 'part_');
  const text = await registry.metrics();
  const lags = text.match(/^\S*eventloop_lag\S* /gm);
  expect(lags).toEqual(['part_nodejs_eventloop_lag_seconds ']);
  expect(text).toMatch(/^part_process_resident_memory_bytes \d/m);
});
