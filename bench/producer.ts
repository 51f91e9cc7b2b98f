// npm run bench:producer — kafkajs's producer with and without idempotence against the embedded broker, rounds in turn:
// batches of 1,000 and single sends one after another, for docs/decisions/idempotent-producer.md.

import { type Kafka, Kafka as KafkaClient, logLevel, Partitioners, type Producer } from 'kafkajs';
import { startBroker } from '../src/broker/broker.ts';
import { newId, newOrderId } from '../src/events/ids.ts';
import { dataFolder } from './program.ts';
import { median, ms, percentile } from './statistics.ts';

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const BATCHES = 60;
const BATCH = 1_000;
const SINGLES = 1_000;
const TOPIC = 'bench';

const message = () => ({
  key: newId(),
  value: JSON.stringify({ order_id: newOrderId(), page_id: newId(), pad: 'x'.repeat(100) }),
});

async function connect(kafka: Kafka, idempotent: boolean): Promise<Producer> {
  const producer = kafka.producer({ idempotent, createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  return producer;
}

async function batched(producer: Producer): Promise<number> {
  const batches = Array.from({ length: BATCHES }, () => Array.from({ length: BATCH }, message));
  const began = performance.now();
  for (const messages of batches) await producer.send({ topic: TOPIC, messages });
  return (BATCHES * BATCH * 1000) / (performance.now() - began);
}

async function singles(producer: Producer): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < SINGLES; index += 1) {
    const began = performance.now();
    await producer.send({ topic: TOPIC, messages: [message()] });
    times.push(performance.now() - began);
  }
  return times;
}

const data = dataFolder();
const broker = await startBroker({ dataDir: data.folder, port: 0 });
const kafka = new KafkaClient({ brokers: [`127.0.0.1:${broker.port}`], logLevel: logLevel.NOTHING });
const admin = kafka.admin();
await admin.connect();
await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: 3 }] });
await admin.disconnect();

const producers = { plain: await connect(kafka, false), idempotent: await connect(kafka, true) };
const seen = {
  plain: { rate: [] as number[], single: [] as number[][] },
  idempotent: { rate: [] as number[], single: [] as number[][] },
};
for (let round = 0; round <= ROUNDS; round += 1) {
  for (const name of ['plain', 'idempotent'] as const) {
    const rate = await batched(producers[name]);
    const single = await singles(producers[name]);
    // The first round warms up.
    if (round > 0) {
      seen[name].rate.push(rate);
      seen[name].single.push(single);
    }
  }
}
for (const [name, { rate, single }] of Object.entries(seen)) {
  const of = (p: number) => ms(median(single.map((times) => percentile(times, p))));
  console.log(
    `${name.padEnd(11)} batches ${(median(rate) / 1000).toFixed(1).padStart(6)} k events/s   single sends p50 ${of(0.5)}  p99 ${of(0.99)}`,
  );
}
const ratio = median(
  seen.idempotent.rate.map((rate, index) => rate / (seen.plain.rate[index] ?? Number.NaN)),
);
console.log(`idempotent / plain, batches: ${ratio.toFixed(2)} (median of ${ROUNDS} rounds)`);
for (const producer of Object.values(producers)) await producer.disconnect();
await broker.close();
data.remove();
process.exit(0);
