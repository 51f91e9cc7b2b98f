import { Counter, Registry } from 'prom-client';
import { expect, it, onTestFinished } from 'vitest';
import { listenForScrapes } from '../../src/ingest/metrics-listener.ts';
import { freePort } from '../support/ports.ts';

async function listening() {
  const registry = new Registry();
  new Counter({ name: 'seen_total', help: 'a test', registers: [registry] }).inc(3);
  const port = await freePort();
  const scrapes = await listenForScrapes(registry, '127.0.0.1', port);
  onTestFinished(() => scrapes.close());
  return { registry, port, scrapes, url: `http://127.0.0.1:${port}` };
}

it('a scrape is answered as Prometheus reads it, and anything else with what was expected', async () => {
  const { registry, url } = await listening();
  const scraped = await fetch(`${url}/metrics`);
  expect([scraped.status, scraped.headers.get('content-type')]).toEqual([200, registry.contentType]);
  expect(await scraped.text()).toContain('seen_total 3');
  for (const [path, method] of [
    ['/', 'GET'],
    ['/metrics', 'POST'],
    ['/metrics/x', 'GET'],
  ] as const) {
    const other = await fetch(url + path, { method });
    expect([other.status, await other.text()]).toEqual([404, 'expected GET /metrics\n']);
  }
});

it('an address that can not be had is told with the setting that changes it', async () => {
  const { registry, port } = await listening();
  await expect(listenForScrapes(registry, '127.0.0.1', port)).rejects.toThrow(
    new RegExp(`^INGEST_METRICS_PORT: can't listen on 127\\.0\\.0\\.1:${port} \\(.*EADDRINUSE`),
  );
});

it('the listener ends while a scraper keeps its connection', async () => {
  const { url, scrapes } = await listening();
  await (await fetch(`${url}/metrics`)).text();
  await scrapes.close();
  await expect(fetch(`${url}/metrics`)).rejects.toThrow();
});
