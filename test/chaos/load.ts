// Clients that insist: events go to the collector until it has accepted them, some of them twice, and broken messages go
// to Kafka directly until it has acknowledged them. What was acknowledged is remembered for the check.

import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel, type Producer } from 'kafkajs';
import { DEVICES, type ShopEvent, TITLES } from '../../src/events/event.ts';
import { newId, newOrderId } from '../../src/events/ids.ts';
import { PRODUCTS } from '../../src/events/products.ts';
import { anEvent } from '../support/events.ts';

const CLIENTS = 4;
const EVENTS_A_REQUEST = 20;
const DUPLICATE_SHARE = 0.1;
const MALFORMED_SHARE = 0.02;
const RIVAL_SHARE = 0.01;
const RETRY_MS = 50;

export type Acknowledged = {
  readonly events: Map<string, ShopEvent>;
  readonly malformed: Set<string>;
  /** Other events that were sent with an acknowledged order_id; which of them comes first is stored. */
  readonly rivals: ShopEvent[];
  /** Accepted answers, repeated sends included. */
  sends: number;
};

export class Load {
  readonly acknowledged: Acknowledged = { events: new Map(), malformed: new Set(), rivals: [], sends: 0 };
  readonly #url: string;
  readonly #topic: string;
  readonly #random: () => number;
  readonly #producer: Producer;
  readonly #users = Array.from({ length: 200 }, newId);
  /** The acknowledged events by number, to draw from at once. */
  readonly #sent: ShopEvent[] = [];
  #stopping = false;
  #clients: Promise<void>[] = [];

  constructor(url: string, brokers: string, topic: string, random: () => number) {
    this.#url = url;
    this.#topic = topic;
    this.#random = random;
    const kafka = new Kafka({
      brokers: brokers.split(','),
      logLevel: logLevel.NOTHING,
      retry: { retries: 1 },
    });
    this.#producer = kafka.producer();
  }

  /** @param pauseMs of a client after each answer */
  start(pauseMs = 0): void {
    this.#clients = Array.from({ length: CLIENTS }, () => this.#client(pauseMs));
  }

  /** Ends after every client has had its last request acknowledged. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#clients);
    await this.#producer.disconnect().catch(() => {});
  }

  async #client(pauseMs: number): Promise<void> {
    for (; !this.#stopping; await sleep(pauseMs)) {
      const events = Array.from({ length: EVENTS_A_REQUEST }, () => this.#draw());
      await this.#insist(() => this.#post(events));
      this.acknowledged.sends += events.length;
      for (const event of events) this.#remember(event);
      if (this.#random() < MALFORMED_SHARE * EVENTS_A_REQUEST) await this.#sendMalformed();
      if (this.#random() < RIVAL_SHARE * EVENTS_A_REQUEST) await this.#sendRival();
    }
  }

  #remember(event: ShopEvent): void {
    if (this.acknowledged.events.has(event.order_id)) return;
    this.acknowledged.events.set(event.order_id, event);
    this.#sent.push(event);
  }

  #draw(): ShopEvent {
    if (this.#sent.length > 0 && this.#random() < DUPLICATE_SHARE) return this.#pick(this.#sent);
    return anEvent({
      order_id: newOrderId(),
      user_id: this.#pick(this.#users),
      product: this.#pick(PRODUCTS),
      site_version: this.#pick(DEVICES),
      title: this.#pick(TITLES),
    });
  }

  async #post(events: readonly ShopEvent[]): Promise<boolean> {
    const response = await fetch(`${this.#url}/api/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(events),
      signal: AbortSignal.timeout(15_000),
    });
    const body = (await response.json()) as { accepted?: number };
    if (response.status === 202 && body.accepted === events.length) return true;
    if (response.status === 429 || response.status === 503) return false;
    throw new Error(`the collector answered ${response.status}: ${JSON.stringify(body)}`);
  }

  async #sendMalformed(): Promise<void> {
    const broken = `{"broken": "${newId()}"`;
    await this.#insist(async () => {
      await this.#producer.connect();
      await this.#producer.send({ topic: this.#topic, messages: [{ value: broken }] });
      return true;
    });
    this.acknowledged.malformed.add(broken);
  }

  /** Another event with the order_id of one that was sent, to a client that does not know. */
  async #sendRival(): Promise<void> {
    const rival = { ...this.#pick(this.#sent), page_id: newId() };
    await this.#insist(() => this.#post([rival]));
    this.acknowledged.rivals.push(rival);
  }

  /** Tries for as long as it takes: only an answer that can never come right ends the run. */
  async #insist(attempt: () => Promise<boolean>): Promise<void> {
    for (;;) {
      const done = await attempt().catch((error: Error) => {
        if (error.message.startsWith('the collector answered')) throw error;
        return false;
      });
      if (done) return;
      await sleep(RETRY_MS);
    }
  }

  #pick<T>(list: readonly T[]): T {
    const picked = list[Math.floor(this.#random() * list.length)];
    if (picked === undefined) throw new Error('nothing to pick from');
    return picked;
  }
}
