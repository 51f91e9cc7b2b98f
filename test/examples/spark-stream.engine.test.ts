// examples/spark/stream.py on the embedded broker: Structured Streaming from Kafka to Kafka, which goes on from its checkpoint.

import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { packageRoot } from '../../src/runtime/paths.ts';
import { startTestBroker, temporaryFolder } from '../support/line.ts';
import { CLICKS, clicksFrom, countsOf, countsOn, makeTopics, sendClicks } from './clicks.ts';

const python = process.env.SPARK_PYTHON;
const isThere = python !== undefined && process.env.KAFKA_FETCH === '1';
if (!isThere)
  console.warn(
    "SKIPPED: Spark's stream: SPARK_PYTHON=… names a Python with pyspark, KAFKA_FETCH=1 fetches its connector by Maven",
  );

const CONNECTOR = 'org.apache.spark:spark-sql-kafka-0-10_2.12:3.5.7';
const RESULTS = 'spark-clicks-per-minute';

it.skipIf(!isThere)(
  'counts each click once a minute and category, over two runs with one checkpoint',
  async () => {
    const { port } = await startTestBroker();
    await makeTopics(port, [CLICKS, RESULTS]);
    const script = path.join(packageRoot, 'examples', 'spark', 'stream.py');
    const checkpoint = path.join(temporaryFolder(), 'checkpoint');
    const settings =
      '--conf spark.sql.shuffle.partitions=2 --conf spark.ui.enabled=false --driver-java-options -XX:TieredStopAtLevel=1';
    const env = {
      ...process.env,
      PYSPARK_SUBMIT_ARGS: `--packages ${CONNECTOR} --master local[2] ${settings} pyspark-shell`,
      SPARK_LOCAL_IP: '127.0.0.1',
    };
    const stream = () =>
      promisify(execFile)(python ?? '', [script, `127.0.0.1:${port}`, checkpoint], { env });
    const clicks = clicksFrom(0, 100);
    for (const part of [clicks.slice(0, 60), clicks.slice(60)]) {
      await sendClicks(port, part);
      await stream();
    }
    expect(await countsOn(port, RESULTS, countsOf(clicks))).toEqual(countsOf(clicks));
  },
  600_000,
);
