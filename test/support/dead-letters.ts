import { eventually } from './eventually.ts';
import type { Line } from './line.ts';

/** Sends bytes to the topic of the events, as any program could. */
export async function sendRaw(line: Line, values: readonly (Buffer | string | null)[]): Promise<void> {
  const producer = line.kafka.producer();
  await producer.connect();
  const messages = values.map((value) => ({ key: 'somebody', value, partition: 0 }));
  await producer.send({ topic: line.config.KAFKA_TOPIC, messages });
  await producer.disconnect();
}

/** Sends what is no event and waits until all of it is set aside; the ids of the letters, in their order. */
export async function setAside(line: Line, values: readonly (Buffer | string | null)[]): Promise<number[]> {
  const newest = async () =>
    (await line.pool.query<{ id: number }>('SELECT coalesce(max(id), 0) AS id FROM dead_letters')).rows[0]
      ?.id;
  const before = await newest();
  await sendRaw(line, values);
  return eventually(async () => {
    const { rows } = await line.pool.query<{ id: number }>(
      'SELECT id FROM dead_letters WHERE id > $1 ORDER BY id',
      [before],
    );
    return rows.length >= values.length && rows.map(({ id }) => id);
  });
}
