import { beforeAll, describe, expect, it } from 'vitest';
import type { Pool } from '../../src/db/pool.ts';
import { DeadLetters } from '../../src/dead-letters/dead-letters.ts';
import { KafkaError } from '../../src/kafka/errors.ts';
import type { Acknowledgement } from '../../src/kafka/publisher.ts';
import { migratedDatabase } from '../support/database.ts';
import { anEvent } from '../support/events.ts';
import { eventually } from '../support/eventually.ts';

let pool: Pool;
let offset = 0;
beforeAll(async () => {
  pool = (await migratedDatabase()).pool;
});

const acknowledgement: Acknowledgement = { topic: 'ecommerce', partition: 1, offset: 7n, at: Date.now() };
const eventBytes = () => Buffer.from(JSON.stringify(anEvent()));

async function aDeadLetter(): Promise<number> {
  offset += 1;
  const { rows } = await pool.query<{ id: number }>(
    `INSERT INTO dead_letters (cluster_id, topic, "partition", "offset", code, reason, payload)
     VALUES ('test', 'ecommerce', 0, $1, 'not_json', 'a test', 'x') RETURNING id`,
    [offset],
  );
  return rows[0]?.id ?? 0;
}

describe('DeadLetters', () => {
  it('DeadLetters settles a dead letter only once Kafka has its event, even where nobody waits for that any more', async () => {
    let acknowledge: (acknowledgement: Acknowledgement) => void = () => {};
    const waiting = new Promise<Acknowledgement>((resolve) => {
      acknowledge = resolve;
    });
    const deadLetters = new DeadLetters(pool, () => waiting, 20);
    const id = await aDeadLetter();
    await expect(deadLetters.send(id, eventBytes())).rejects.toMatchObject({
      status: 503,
      code: 'not_acknowledged',
    });
    expect((await deadLetters.find(id)).state).toBe('open');
    await expect(deadLetters.send(id, eventBytes())).rejects.toMatchObject({ status: 409 });
    await expect(deadLetters.discard(id)).rejects.toMatchObject({ status: 409 });
    acknowledge(acknowledgement);
    await eventually(async () => (await deadLetters.find(id)).state === 'resent');
  });

  it('DeadLetters leaves a dead letter open whose event was not taken', async () => {
    const full = () => {
      throw new KafkaError('OUTBOX_FULL', 'full');
    };
    const id = await aDeadLetter();
    const deadLetters = new DeadLetters(pool, full, 1_000);
    await expect(deadLetters.send(id, eventBytes())).rejects.toMatchObject({
      status: 503,
      code: 'not_taken',
    });
    expect((await deadLetters.find(id)).state).toBe('open');
    expect((await deadLetters.discard(id)).state).toBe('discarded');
  });

  it('DeadLetters sends one event for two answers to the same dead letter, also where the second was asked for before and reads late', async () => {
    let published = 0;
    let settled = () => {};
    const first = new Promise<void>((resolve) => {
      settled = resolve;
    });
    let reads = 0;
    const slowToRead = new Proxy(pool, {
      get: (target, name) =>
        name !== 'query'
          ? Reflect.get(target, name, target)
          : async (...asked: Parameters<Pool['query']>) => {
              const read = JSON.stringify(asked[0]).includes('select');
              const answer = await target.query(...asked);
              if (read) reads += 1;
              if (read && reads === 2) await first;
              return answer;
            },
    });
    const deadLetters = new DeadLetters(
      slowToRead,
      async () => {
        published += 1;
        return acknowledgement;
      },
      1_000,
    );
    const id = await aDeadLetter();
    const answers = await Promise.allSettled([
      deadLetters.send(id, eventBytes()).finally(settled),
      deadLetters.send(id, eventBytes()),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(published).toBe(1);
  });
});
