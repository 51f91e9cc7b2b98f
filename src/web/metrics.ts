// What the web process counts beside Node's own metrics. It watches the traces of its events.

import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { PublisherState } from '../kafka/publisher.ts';
import type { TraceObserver } from '../tracing/traces.ts';

const LATENCY_BUCKETS = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5, 60];

export class WebMetrics implements TraceObserver {
  readonly #produced: Counter;
  readonly #clickToRow: Histogram;
  readonly #clickToChart: Histogram;

  constructor(registry: Registry, kafka: () => PublisherState) {
    const registers = [registry];
    this.#produced = new Counter({
      name: 'shopstream_events_produced_total',
      help: 'Events that Kafka has acknowledged to this process',
      registers,
    });
    this.#clickToRow = new Histogram({
      name: 'shopstream_click_to_row_seconds',
      help: 'From the request to the commit in Postgres',
      buckets: LATENCY_BUCKETS,
      registers,
    });
    this.#clickToChart = new Histogram({
      name: 'shopstream_click_to_chart_seconds',
      help: 'From the request to the chart that counts it',
      buckets: LATENCY_BUCKETS,
      registers,
    });
    new Gauge({
      name: 'shopstream_outbox_events',
      help: 'Events that wait for Kafka',
      registers,
      collect() {
        this.set(kafka().waiting);
      },
    });
    new Gauge({
      name: 'shopstream_outbox_bytes',
      help: 'Size of the outbox on disk',
      registers,
      collect() {
        this.set(kafka().outboxBytes);
      },
    });
  }

  acknowledged(): void {
    this.#produced.inc();
  }

  stored(ms: number): void {
    this.#clickToRow.observe(ms / 1000);
  }

  charted(ms: number): void {
    this.#clickToChart.observe(ms / 1000);
  }
}
