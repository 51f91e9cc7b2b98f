// The metrics of ingest.

import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { KafkaRecord } from '../consumer/record.ts';
import type { StoreResult } from './ledger.ts';

export class IngestMetrics {
  readonly #records: Counter<'outcome'>;
  readonly #consumed: Counter;
  readonly #failures: Counter;
  readonly #forwarded: Counter;
  readonly #batchRecords: Histogram;
  readonly #batchSeconds: Histogram;
  readonly #rowSeconds: Histogram;
  readonly #lag: Gauge<'partition'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#consumed = new Counter({
      name: 'shopstream_events_consumed_total',
      help: 'Records that Kafka has delivered; a record that is delivered again counts again',
      registers,
    });
    this.#records = new Counter({
      name: 'shopstream_ingest_records_total',
      help: 'Records stored, by outcome: inserted, duplicate or rejected',
      labelNames: ['outcome'],
      registers,
    });
    this.#failures = new Counter({
      name: 'shopstream_ingest_failed_transactions_total',
      help: 'Transactions that failed; each is retried',
      registers,
    });
    this.#forwarded = new Counter({
      name: 'shopstream_dead_letters_forwarded_total',
      help: 'Rejected records that the dead-letter topic has acknowledged',
      registers,
    });
    this.#batchRecords = new Histogram({
      name: 'shopstream_ingest_batch_records',
      help: 'Records in a transaction',
      buckets: [1, 2, 5, 10, 50, 100, 500, 1000, 5000, 10_000],
      registers,
    });
    this.#batchSeconds = new Histogram({
      name: 'shopstream_ingest_batch_seconds',
      help: 'Time of a transaction',
      buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5],
      registers,
    });
    this.#rowSeconds = new Histogram({
      name: 'shopstream_kafka_to_row_seconds',
      help: 'From the timestamp of a record in Kafka to its commit in Postgres',
      buckets: [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5, 60],
      registers,
    });
    this.#lag = new Gauge({
      name: 'shopstream_ingest_lag_records',
      help: 'Records in Kafka that are not stored in Postgres yet',
      labelNames: ['partition'],
      registers,
    });
  }

  /** @param behind records of the partition in Kafka that are not in Postgres, these included */
  taken(partition: number, records: number, behind: bigint): void {
    this.#consumed.inc(records);
    this.lag(partition, behind);
  }

  stored(result: StoreResult, records: readonly KafkaRecord[], seconds: number): void {
    this.#records.inc({ outcome: 'inserted' }, result.inserted);
    this.#records.inc({ outcome: 'duplicate' }, result.duplicate);
    this.#records.inc({ outcome: 'rejected' }, result.rejected);
    this.#batchRecords.observe(records.length);
    this.#batchSeconds.observe(seconds);
    const now = Date.now();
    for (const { timestamp } of records) this.#rowSeconds.observe(Math.max(0, now - timestamp) / 1000);
  }

  failed(): void {
    this.#failures.inc();
  }

  forwarded(letters: number): void {
    this.#forwarded.inc(letters);
  }

  lag(partition: number, records: bigint): void {
    this.#lag.set({ partition: String(partition) }, Number(records));
  }
}
