// What tests do with definitions at work on topics: a real broker, a real database.

import type { Kafka } from 'kafkajs';
import { readDefinition } from '../../../src/aggregator/definition/read.ts';
import { saveDefinition } from '../../../src/aggregator/store/definitions.ts';
import { type Pool, transaction } from '../../../src/db/pool.ts';
import { ensureTopic } from '../../../src/kafka/client.ts';
import { migratedDatabase } from '../../support/database.ts';
import { eventually, startTestBroker, testKafka } from '../../support/line.ts';
import type { Row } from '../on-files.ts';

/** A broker and a database, which go away after the file's tests, and what is done with them. */
export async function startTopics() {
  const [{ url, pool }, { port }] = await Promise.all([migratedDatabase(), startTestBroker()]);
  return { url, pool, port, ...onTopics(pool, testKafka(port)) };
}

export function onTopics(pool: Pool, kafka: Kafka) {
  const save = (text: string) => transaction(pool, (client) => saveDefinition(client, readDefinition(text)));

  async function send(topic: string, values: readonly string[]): Promise<void> {
    const admin = kafka.admin();
    await admin.connect();
    await ensureTopic(admin, topic, 3);
    await admin.disconnect();
    const producer = kafka.producer();
    await producer.connect();
    // Without keys: the records of a group are spread over all partitions.
    await producer.send({ topic, messages: values.map((value, index) => ({ value, partition: index % 3 })) });
    await producer.disconnect();
  }

  async function resultsOf(definition: string): Promise<Row[]> {
    const { rows } = await pool.query<{ row: Row }>(
      'SELECT row FROM aggregator_results WHERE definition = $1 ORDER BY seq',
      [definition],
    );
    return rows.map(({ row }) => row);
  }

  /** What other programs read, each value by its key. */
  async function readTopic(topic: string, until: (values: readonly Row[]) => boolean): Promise<Row[]> {
    const consumer = kafka.consumer({ groupId: `test-${topic}` });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    const seen: Row[] = [];
    await consumer.run({
      eachMessage: async ({ message }) => void seen.push(JSON.parse(String(message.value)) as Row),
    });
    await eventually(() => until(seen));
    await consumer.disconnect();
    return seen;
  }

  return { kafka, save, send, resultsOf, readTopic };
}
