import { type IHeaders, Kafka, type KafkaMessage, logLevel } from 'kafkajs';
import { pino } from 'pino';
import { beforeAll, describe, expect, it } from 'vitest';
import { transaction } from '../../src/db/pool.ts';
import { DeadLetterForwarder, deadLetterTopicOf } from '../../src/dead-letters/forwarder.ts';
import { settleDeadLetter } from '../../src/dead-letters/queries.ts';
import { takeUnforwarded } from '../../src/dead-letters/unforwarded.ts';
import { createProducer } from '../../src/kafka/client.ts';
import { anEvent } from '../support/events.ts';
import { eventually, type Line, startLine } from '../support/line.ts';
import { testLog } from '../support/log.ts';

let line: Line;
const arrived: KafkaMessage[] = [];

beforeAll(async () => {
  line = await startLine();
  const consumer = line.kafka.consumer({ groupId: 'letters', maxWaitTimeInMs: 100 });
  await eventually(() => consumer.subscribe({ topic: letterTopic(), fromBeginning: true }).then(() => true));
  await consumer.run({
    eachMessage: async ({ message }) => {
      arrived.push(message);
    },
  });
  return () => consumer.disconnect();
});

const letterTopic = () => deadLetterTopicOf(line.config.KAFKA_TOPIC);
const textOf = (headers: IHeaders | undefined) =>
  Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]));
const arrivedWith = (key: string) => arrived.filter((message) => String(message.key) === key);

async function send(messages: { key: string; value: Buffer | string | null }[]): Promise<void> {
  const producer = createProducer(line.kafka);
  await producer.connect();
  await producer.send({ topic: line.config.KAFKA_TOPIC, messages });
  await producer.disconnect();
}

/** A row as a process leaves it that dies after the commit and before Kafka has the letter. */
async function setAside(clusterId: string, payload: Buffer, key: string, offset: number): Promise<void> {
  await line.pool.query(
    `INSERT INTO dead_letters (cluster_id, topic, "partition", "offset", code, reason, key, payload)
     VALUES ($1, $2, 0, $3, 'not_json', 'a test', $4, $5)`,
    [clusterId, line.config.KAFKA_TOPIC, offset, Buffer.from(key), payload],
  );
}

async function runForwarder(clusterId: string): Promise<void> {
  const subscription = { clusterId, group: 'test', topic: line.config.KAFKA_TOPIC };
  const letters = new DeadLetterForwarder(line.kafka, line.pool, subscription, testLog);
  letters.wake();
  await eventually(async () => {
    const { rowCount } = await line.pool.query(
      'SELECT FROM dead_letters WHERE forwarded_at IS NULL AND cluster_id = $1',
      [clusterId],
    );
    return rowCount === 0;
  });
  await letters.stop();
}

describe('the dead-letter topic', () => {
  it('the dead-letter topic has the bytes and the key of what is no event, and says where it was and why', async () => {
    const bytes = Buffer.from([0xff, 0x00, 0x7b, 0x0a]);
    await send([
      { key: 'bytes', value: bytes },
      { key: 'fine', value: JSON.stringify(anEvent()) },
      { key: 'empty', value: null },
    ]);
    const [[letter], [empty]] = await eventually(() => {
      const found = [arrivedWith('bytes'), arrivedWith('empty')] as const;
      return found.every(({ length }) => length === 1) && found;
    });
    expect(letter?.value).toEqual(bytes);
    expect(empty?.value).toBeNull();
    const { rows } = await line.pool.query(
      `SELECT id, "partition", "offset", reason FROM dead_letters WHERE key = 'bytes'`,
    );
    expect(textOf(letter?.headers)).toEqual({
      topic: line.config.KAFKA_TOPIC,
      partition: String(rows[0].partition),
      offset: String(rows[0].offset),
      code: 'not_json',
      reason: rows[0].reason,
      id: String(rows[0].id),
    });
    expect(arrivedWith('fine')).toEqual([]);
  });

  it('the dead-letter topic gets what a killed process had set aside and not forwarded, and gets it once', async () => {
    await setAside('killed', Buffer.from('left behind'), 'left', 0);
    await Promise.all([runForwarder('killed'), runForwarder('killed')]);
    await runForwarder('killed');
    await eventually(() => arrivedWith('left').length > 0);
    expect(arrivedWith('left')).toHaveLength(1);
  });

  it('the dead-letter topic has a dead letter that its headers make too large for Kafka, without its bytes, and those after it', async () => {
    await setAside('large', Buffer.alloc(1024 * 1024, 'x'), 'large', 0);
    await setAside('large', Buffer.from('small'), 'small', 1);
    await runForwarder('large');
    const [large] = await eventually(() => arrivedWith('small').length === 1 && arrivedWith('large'));
    expect(large?.value).toBeNull();
    expect(textOf(large?.headers)).toMatchObject({ omitted: 'value', offset: '0' });
  });

  it('the dead-letter topic has a dead letter whose key is as large as a message may be without both, and those after it', async () => {
    await setAside('large key', Buffer.from('value'), 'k'.repeat(1_048_500), 0);
    await setAside('large key', Buffer.from('small'), 'after it', 1);
    await runForwarder('large key');
    await eventually(() => arrivedWith('after it').length === 1);
    const large = arrived.find(({ headers }) => String(headers?.omitted) === 'key, value');
    expect([large?.key, large?.value]).toEqual([null, null]);
  });

  it('the dead-letter topic has what a key of half a megabyte or more came with, and those after it', async () => {
    await send([{ key: '\u00ff'.repeat(400_000), value: 'no event' }]);
    await send([{ key: 'behind the long key', value: 'no event' }]);
    await eventually(() => arrivedWith('behind the long key').length === 1);
  });

  it('the forwarder locks no dead letter while Kafka is slow: it can be settled meanwhile', async () => {
    await setAside('slow', Buffer.from('slow'), 'slow', 0);
    const subscription = { clusterId: 'slow', group: 'test', topic: line.config.KAFKA_TOPIC };
    await transaction(line.pool, async (client) => {
      const [letter] = await takeUnforwarded(client, subscription);
      const settled = await settleDeadLetter(line.pool, letter?.id ?? 0, { state: 'discarded' });
      expect(settled?.state).toBe('discarded');
    });
  });

  it('the forwarder leaves dead letters in the table for as long as Kafka is away', async () => {
    const subscription = { clusterId: 'away', group: 'test', topic: line.config.KAFKA_TOPIC };
    const nowhere = new Kafka({
      brokers: ['127.0.0.1:1'],
      logLevel: logLevel.NOTHING,
      retry: { retries: 0 },
    });
    await setAside('away', Buffer.from('waits'), 'waits', 0);
    const letters = new DeadLetterForwarder(nowhere, line.pool, subscription, testLog);
    letters.wake();
    await letters.stop();
    const { rows } = await line.pool.query(`SELECT forwarded_at FROM dead_letters WHERE cluster_id = 'away'`);
    expect(rows).toEqual([{ forwarded_at: null }]);
    await runForwarder('away');
    await eventually(() => arrivedWith('waits').length === 1);
  });

  it('a dead letter that can not be forwarded is an error in the log, with its cause and once, where it is tried in vain again and again', async () => {
    const lines: { level: number; msg: string; err?: { message: string } }[] = [];
    const log = pino({ level: 'debug' }, { write: (line: string) => lines.push(JSON.parse(line)) });
    const subscription = { clusterId: 'refused', group: 'test', topic: line.config.KAFKA_TOPIC };
    const nowhere = new Kafka({
      brokers: ['127.0.0.1:1'],
      logLevel: logLevel.NOTHING,
      retry: { retries: 0 },
    });
    const letters = new DeadLetterForwarder(nowhere, line.pool, subscription, log);
    letters.wake();
    const said = (level: number) => lines.filter((one) => one.level === level);
    await eventually(() => said(20).length >= 3);
    await letters.stop();
    expect(said(50)).toEqual([
      expect.objectContaining({
        msg: expect.stringMatching(/^dead letters wait for ecommerce\.dead-letter: .*ECONNREFUSED/),
        err: expect.objectContaining({ message: expect.stringContaining('ECONNREFUSED') }),
      }),
    ]);
  });
});
