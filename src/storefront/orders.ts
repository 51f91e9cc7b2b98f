// An order_id is placed once: double submit, reload and back find the order that is already on its way, or in Postgres.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from '../db/pool.ts';
import type { ShopEvent } from '../events/event.ts';
import { orderIdTime } from '../events/ids.ts';
import { KafkaError } from '../kafka/errors.ts';
import type { Acknowledgement } from '../kafka/publisher.ts';
import { findEvent } from '../tracing/find-event.ts';

const MOST_REMEMBERED = 50_000;

/** `waiting`: kept on disk, and Kafka has not acknowledged it within the time; it will be delivered. */
export type Placed = 'acknowledged' | 'waiting';

export class Orders {
  readonly #placed = new Map<string, Promise<Acknowledgement>>();
  readonly #pool: Pool;
  readonly #startedAt = Date.now();
  readonly #timeoutMs: number;

  /** @param timeoutMs how long an answer may wait for Kafka */
  constructor(pool: Pool, timeoutMs: number) {
    this.#pool = pool;
    this.#timeoutMs = timeoutMs;
  }

  /** Remembers an order that is on its way to Kafka: placed here, or left in the outbox by an earlier process. */
  remember(orderId: string, acknowledged: Promise<Acknowledgement>): void {
    this.#placed.set(orderId, acknowledged);
    acknowledged.catch((error) => {
      // Refused or closed: the order may be placed again.
      if (error instanceof KafkaError) this.#placed.delete(orderId);
    });
    if (this.#placed.size <= MOST_REMEMBERED) return;
    const [oldest] = this.#placed.keys();
    if (oldest !== undefined) this.#placed.delete(oldest);
  }

  /**
   * Places an order, or waits for an earlier request that places the same one.
   * @param publish called only where the order is new
   * @throws what `publish` throws, or KafkaError REFUSED
   */
  async place(event: ShopEvent, publish: (event: ShopEvent) => Promise<Acknowledgement>): Promise<Placed> {
    const { order_id: orderId } = event;
    let acknowledged = this.#placed.get(orderId);
    if (acknowledged === undefined) {
      if (await this.#isStored(orderId)) return 'acknowledged';
      // Another request may have placed it during the query.
      acknowledged = this.#placed.get(orderId) ?? publish(event);
      this.remember(orderId, acknowledged);
    }
    const timeout = sleep(this.#timeoutMs, 'waiting' as const, { ref: false });
    return Promise.race([acknowledged.then(() => 'acknowledged' as const, waitsOnDisk), timeout]);
  }

  /** Asks Postgres only where the form is older than this process: any other can't have been placed by an earlier one. */
  async #isStored(orderId: string): Promise<boolean> {
    if (orderIdTime(orderId) >= this.#startedAt) return false;
    return (await findEvent(this.#pool, orderId).catch(() => undefined)) !== undefined;
  }
}

/** An order that was not sent before the program stopped is on disk: it counts as waiting. */
function waitsOnDisk(error: unknown): 'waiting' {
  if (error instanceof KafkaError && error.code === 'CLOSED') return 'waiting';
  throw error;
}
