// Lists dead letters and settles them: an edited event is sent in the place of one, or it is discarded. A dead letter becomes resent once
// Kafka has acknowledged the event. A process that dies between the two leaves the dead letter open; the same event sent again is stored
// once, by its order_id.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from '../db/pool.ts';
import type { ShopEvent } from '../events/event.ts';
import { futureOf } from '../events/future.ts';
import { parseEventBytes, type Rejection } from '../events/parse.ts';
import { HttpError, notFound, unavailable } from '../http/errors.ts';
import { KafkaError } from '../kafka/errors.ts';
import type { Acknowledgement } from '../kafka/publisher.ts';
import type { DeadLetter, DeadLetterFilter } from './dead-letter.ts';
import {
  countDeadLetters,
  findDeadLetter,
  findPayload,
  listDeadLetters,
  type Settlement,
  settleDeadLetter,
} from './queries.ts';

const RETRY_SECONDS = 5;

/** A page of dead letters, newest first; `next` is the cursor of the following page, null at the end. */
export type DeadLetterPage = {
  readonly rows: readonly DeadLetter[];
  readonly next: number | null;
  readonly counts: Partial<Record<DeadLetter['code'], number>>;
};

/** An event that Kafka has, sent in the place of a dead letter. */
export type Resent = {
  readonly letter: DeadLetter;
  readonly order_id: string;
  readonly partition: number;
  readonly offset: string;
};

export class DeadLetters {
  readonly #pool: Pool;
  readonly #publish: (event: ShopEvent) => Promise<Acknowledgement>;
  readonly #timeoutMs: number;
  /** Dead letters whose event is on its way to Kafka. */
  readonly #sending = new Set<number>();

  /**
   * @param publish sends one event to Kafka, and resolves once it is acknowledged
   * @param timeoutMs how long a response may wait for Kafka
   */
  constructor(pool: Pool, publish: (event: ShopEvent) => Promise<Acknowledgement>, timeoutMs: number) {
    this.#pool = pool;
    this.#publish = publish;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * A page of dead letters, newest first.
   * @param before `next` of an earlier page
   * @param mostBytes limit of the bytes of each payload
   * @throws {HttpError} 503 where Postgres is away
   */
  async list(
    filter: DeadLetterFilter,
    limit: number,
    mostBytes: number,
    before?: number,
  ): Promise<DeadLetterPage> {
    const { code: _, ...ofAllCodes } = filter;
    const [rows, counts] = await inPostgres(
      Promise.all([
        listDeadLetters(this.#pool, filter, { before, limit: limit + 1, mostBytes }),
        countDeadLetters(this.#pool, ofAllCodes),
      ]),
    );
    const shown = rows.slice(0, limit);
    return { rows: shown, next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null, counts };
  }

  /**
   * One dead letter.
   * @param mostBytes limit of the bytes of its payload; all by default
   * @throws {HttpError} 404 where there is no such dead letter, 503 where Postgres is away
   */
  async find(id: number, mostBytes?: number): Promise<DeadLetter> {
    return found(id, await inPostgres(findDeadLetter(this.#pool, id, mostBytes)));
  }

  /**
   * The payload of a dead letter as it was received.
   * @throws {HttpError} 404 where there is no such dead letter, 503 where Postgres is away
   */
  async payload(id: number): Promise<Buffer> {
    return found(id, await inPostgres(findPayload(this.#pool, id)));
  }

  /**
   * Sends an event in the dead letter's place.
   * @param bytes the event as JSON, validated as a Kafka message is
   * @throws {HttpError} 400 where that is not an event, 404, 409 where the dead letter is not open, 503 where Kafka doesn't
   *   acknowledge in time or Postgres is away
   */
  async send(id: number, bytes: Buffer): Promise<Resent> {
    const parsed = parseEventBytes(bytes);
    const rejection = parsed.ok ? futureOf(Date.parse(parsed.event.time), Date.now()) : parsed.rejection;
    if (!parsed.ok || rejection !== undefined) {
      const { code, reason } = rejection as Rejection;
      throw new HttpError(400, code, `this is not an event: ${reason}`, {
        expected: 'an event, see /api/docs',
      });
    }
    await this.#claim(id);
    const { event } = parsed;
    const sent = { ...event, context: { ...event.context, received_at: new Date().toISOString() } };
    return this.#inTime(this.#deliver(id, sent).finally(() => this.#sending.delete(id)));
  }

  /** Discards a dead letter. @throws {HttpError} 404, 409 where it is not open, 503 where Postgres is away */
  async discard(id: number): Promise<DeadLetter> {
    await this.#claim(id);
    try {
      return await this.#settle(id, { state: 'discarded' });
    } finally {
      this.#sending.delete(id);
    }
  }

  /**
   * Claims a dead letter for one request: two at a time would send two events in its place. It is claimed before its state is read, as
   * that may change while another request has it.
   */
  async #claim(id: number): Promise<void> {
    if (this.#sending.has(id)) throw notOpen(id, 'on its way to Kafka');
    this.#sending.add(id);
    try {
      const { state } = await this.find(id, 0);
      if (state !== 'open') throw notOpen(id, state);
    } catch (error) {
      this.#sending.delete(id);
      throw error;
    }
  }

  async #deliver(id: number, event: ShopEvent): Promise<Resent> {
    const { partition, offset } = await this.#taken(event);
    const letter = await this.#settle(id, { state: 'resent', as: event.order_id });
    return { letter, order_id: event.order_id, partition, offset: offset.toString() };
  }

  async #taken(event: ShopEvent): Promise<Acknowledgement> {
    try {
      return await this.#publish(event);
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error;
      throw unavailable('not_taken', 'events can’t be accepted at the moment', RETRY_SECONDS, error);
    }
  }

  async #settle(id: number, settlement: Settlement): Promise<DeadLetter> {
    const letter = await inPostgres(settleDeadLetter(this.#pool, id, settlement));
    if (letter === undefined) throw notOpen(id, 'settled meanwhile');
    return letter;
  }

  /** Waits for the event, up to the timeout; an event that is acknowledged later settles its dead letter all the same. */
  async #inTime(resent: Promise<Resent>): Promise<Resent> {
    resent.catch(() => {});
    const late = await Promise.race([resent, sleep(this.#timeoutMs, undefined, { ref: false })]);
    if (late !== undefined) return late;
    throw unavailable(
      'not_acknowledged',
      'Kafka has not acknowledged the event yet; it is kept on disk and the dead letter is settled when Kafka is back',
      RETRY_SECONDS,
    );
  }
}

function found<T>(id: number, asked: T | undefined): T {
  if (asked !== undefined) return asked;
  throw notFound('there is no such dead letter', id, 'an id of GET /api/dead-letters');
}

const notOpen = (id: number, state: string) =>
  new HttpError(409, 'not_open', `dead letter ${id} is not open`, {
    received: state,
    expected: 'open',
    advice: 'Look at the dead letter again: somebody has settled it.',
  });

async function inPostgres<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw unavailable('postgres', 'Postgres is away, which has the dead letters', RETRY_SECONDS, error);
  }
}
