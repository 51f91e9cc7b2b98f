// Flushed rows on their topic, where a process died after Kafka had them and before it could note so.

import { expect, it } from 'vitest';
import { resultOutbox, resultTopicOf } from '../../../src/aggregator/realtime/forwarder.ts';
import { TopicForwarder } from '../../../src/consumer/topic-forwarder.ts';
import { migratedDatabase, testLog } from '../../support/database.ts';
import { eventually, startTestBroker, testKafka } from '../../support/line.ts';

it('a row that is told again is the same record: key, text and id', async () => {
  const [{ pool }, { port }] = await Promise.all([migratedDatabase(), startTestBroker()]);
  const kafka = testKafka(port);
  await pool.query(
    `INSERT INTO aggregator_results (id, definition, row, flushed_at)
     SELECT 'id-' || n, 'told', json_build_object('n', n, 'meta', json_build_object('id', 'id-' || n)), now() FROM generate_series(1, 2) AS n`,
  );
  const tellAll = async () => {
    const forwarder = new TopicForwarder(kafka, pool, resultOutbox('told'), testLog);
    forwarder.start();
    await eventually(async () => {
      const { rowCount } = await pool.query('SELECT FROM aggregator_results WHERE forwarded_at IS NULL');
      return rowCount === 0;
    });
    await forwarder.stop();
  };
  await tellAll();
  await pool.query("UPDATE aggregator_results SET forwarded_at = NULL WHERE id = 'id-2'");
  await tellAll();
  const consumer = kafka.consumer({ groupId: 'told' });
  await consumer.connect();
  await consumer.subscribe({ topic: resultTopicOf('told'), fromBeginning: true });
  const seen: { id: string; key: string; value: string }[] = [];
  await consumer.run({
    eachMessage: async ({ message: { key, value, headers } }) =>
      void seen.push({ id: String(headers?.id), key: String(key), value: String(value) }),
  });
  await eventually(() => seen.length >= 3);
  await consumer.disconnect();
  expect(seen.map(({ id, key }) => [id, key])).toEqual(['id-1', 'id-2', 'id-2'].map((id) => [id, id]));
  expect(seen[2]).toEqual(seen[1]);
  expect(JSON.parse(seen[2]?.value ?? '')).toEqual({ n: 2, meta: { id: 'id-2' } });
});
