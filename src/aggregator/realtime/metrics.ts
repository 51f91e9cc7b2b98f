// Metrics of the aggregator: one series for each definition that runs in this process.

import { Counter, Gauge, type Registry } from 'prom-client';
import type { Change } from './transacted.ts';

export class AggregatorMetrics {
  readonly #open: Gauge<'definition'>;
  readonly #most: Gauge<'definition'>;
  readonly #flushed: Counter<'definition'>;
  readonly #asides: Counter<'definition'>;

  constructor(registry: Registry) {
    const registers = [registry];
    const labelNames = ['definition'] as const;
    this.#open = new Gauge({
      name: 'shopstream_aggregator_open_sessions',
      help: 'Open sessions of the grouping in force',
      labelNames,
      registers,
    });
    this.#most = new Gauge({
      name: 'shopstream_aggregator_max_sessions',
      help: 'The limit of open sessions; a record that would open one more is set aside',
      labelNames,
      registers,
    });
    this.#flushed = new Counter({
      name: 'shopstream_aggregator_flushed_rows_total',
      help: 'Sessions that this process has flushed',
      labelNames,
      registers,
    });
    this.#asides = new Counter({
      name: 'shopstream_aggregator_set_aside_total',
      help: 'Records that this process has set aside',
      labelNames,
      registers,
    });
  }

  /** Must be called after each commit. */
  changed(definition: string, { open, most, flushed, asides }: Change): void {
    this.#open.set({ definition }, open);
    this.#most.set({ definition }, most);
    this.#flushed.inc({ definition }, flushed);
    this.#asides.inc({ definition }, asides);
  }

  /** Removes the metrics of a definition that no longer runs here. */
  ended(definition: string): void {
    for (const metric of [this.#open, this.#most, this.#flushed, this.#asides]) metric.remove({ definition });
  }
}
