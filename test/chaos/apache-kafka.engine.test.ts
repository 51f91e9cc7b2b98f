// chaos.test.ts with Apache Kafka in the place of the embedded broker.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApacheKafka, KAFKA } from '../real-kafka/apache-kafka.ts';
import { programSettings, startProgram } from '../support/program.ts';
import { chaos, KILLS, SEED, timeout } from './run.ts';
import { NOTHING_WRONG } from './verdict.ts';

const missing = KAFKA.missing();
if (missing !== null) console.warn(`SKIPPED: chaos over Apache Kafka, ${missing}`);

describe.skipIf(missing !== null)(`over Apache Kafka, seed ${SEED}`, { timeout }, () => {
  let kafka: ApacheKafka;
  beforeAll(async () => {
    kafka = await KAFKA.start();
  }, 120_000);
  afterAll(() => kafka?.stop());

  it(`loses and doubles nothing in ${KILLS} kills of web, ingest and Postgres`, async () => {
    const brokers = `127.0.0.1:${kafka.port}`;
    const program = await startProgram({
      ...(await programSettings()),
      KAFKA_BROKERS: brokers,
      LOG_LEVEL: 'silent',
    });
    const verdict = await chaos(program, brokers, ['web', 'ingest', 'postgres']);
    expect(verdict).toMatchObject(NOTHING_WRONG);
    expect(verdict.stored + verdict.setAside).toBe(verdict.acknowledged);
    await program.stop();
  });
});
