// Flushed results for other programs: the topic aggregates.<definition> has each row, with its stable id as key and header.
// The table is the outbox: a row is committed with the offsets first and produced afterwards. A process that dies between
// Kafka's acknowledgement and the mark in the table produces that row again, with the same id.

import type { Kafka, Producer } from 'kafkajs';
import { type Client, type Pool, transaction } from '../../db/pool.ts';
import { ensureTopic } from '../../kafka/client.ts';
import { reasonOf } from '../../kafka/errors.ts';
import { Backoff } from '../../runtime/backoff.ts';
import type { Logger } from '../../runtime/log.ts';

const PARTITIONS = 1;
const MOST_ROWS = 500;
/** Beside the name's hash, the key of the lock of whoever forwards. */
const LOCK_CLASS = 0x5511;
const LONGEST_SEND_MS = 90_000;

export const resultTopicOf = (definition: string): string => `aggregates.${definition}`;

type Result = { readonly seq: number; readonly id: string; readonly row: string };

export class ResultForwarder {
  readonly #kafka: Kafka;
  readonly #pool: Pool;
  readonly #definition: string;
  readonly #log: Logger;
  readonly #producer: Producer;
  readonly #closing = new AbortController();
  #wake: () => void = () => {};
  #running: Promise<void> = Promise.resolve();

  constructor(kafka: Kafka, pool: Pool, definition: string, log: Logger) {
    this.#kafka = kafka;
    this.#pool = pool;
    this.#definition = definition;
    this.#log = log;
    this.#producer = kafka.producer({ allowAutoTopicCreation: false });
  }

  /** Forwards what waits, and then what wake() tells of, until stop(). */
  start(): void {
    this.#running = this.#run();
  }

  wake(): void {
    this.#wake();
  }

  async stop(): Promise<void> {
    this.#closing.abort();
    this.#wake();
    await this.#running;
    await this.#producer.disconnect().catch(() => {});
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    const backoff = new Backoff(200, 10_000);
    for (let ready = false; !signal.aborted; ) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      try {
        if (!ready) await this.#connect();
        ready = true;
        while (!signal.aborted && (await this.#forwardSome()) > 0);
        backoff.reset();
        if (!signal.aborted) await woken;
      } catch (error) {
        this.#log.debug(`results wait for ${resultTopicOf(this.#definition)}: ${reasonOf(error)}`);
        await backoff.wait(signal);
      }
    }
  }

  async #connect(): Promise<void> {
    const admin = this.#kafka.admin();
    await admin.connect();
    await ensureTopic(admin, resultTopicOf(this.#definition), PARTITIONS).finally(() => admin.disconnect());
    await this.#producer.connect();
  }

  #forwardSome(): Promise<number> {
    return transaction(this.#pool, async (client) => {
      // Open while Kafka answers, which may take all of kafkajs's tries.
      await client.query(`SET LOCAL idle_in_transaction_session_timeout = ${LONGEST_SEND_MS}`);
      const results = await takeUnforwarded(client, this.#definition);
      if (results.length === 0) return 0;
      const messages = results.map(({ id, row }) => ({ key: id, value: row, headers: { id } }));
      await this.#producer.send({ topic: resultTopicOf(this.#definition), messages });
      await client.query(
        'UPDATE aggregator_results SET forwarded_at = clock_timestamp() WHERE seq = ANY($1)',
        [results.map(({ seq }) => seq)],
      );
      return results.length;
    });
  }
}

async function takeUnforwarded(client: Client, definition: string): Promise<readonly Result[]> {
  await client.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [LOCK_CLASS, definition]);
  const { rows } = await client.query<Result>(
    `SELECT seq, id, row::text AS row FROM aggregator_results
     WHERE definition = $1 AND run IS NULL AND forwarded_at IS NULL ORDER BY seq LIMIT $2`,
    [definition, MOST_ROWS],
  );
  return rows;
}
