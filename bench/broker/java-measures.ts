// Rates of Apache Kafka's own performance tools against a broker, in records a second.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../../src/runtime/paths.ts';
import { KAFKA } from '../../test/real-kafka/apache-kafka.ts';
import type { Measure } from './kafkajs-measures.ts';

const RECORDS = 1_000_000;
const RECORD_BYTES = 100;
const TRANSACTIONS = 500;
const FETCH_RATE_COLUMN = 9; // fetch.nMsg.sec: without the rebalance before it

async function tool(name: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('java', [
    '-cp',
    KAFKA.classPath,
    `org.apache.kafka.tools.${name}`,
    ...args,
  ]);
  return stdout;
}

/** Produces with acks=all and consumes it all again. */
export const measureJava: Measure = async (port, id) => {
  const [server, topic] = [`127.0.0.1:${port}`, `java-${id}`];
  const size = [
    '--num-records',
    String(RECORDS),
    '--record-size',
    String(RECORD_BYTES),
    '--throughput',
    '-1',
  ];
  const props = ['--producer-props', `bootstrap.servers=${server}`, 'acks=all'];
  const produced = await tool('ProducerPerformance', ['--topic', topic, ...size, ...props]);
  const where = ['--bootstrap-server', server, '--topic', topic];
  const consumed = await tool('ConsumerPerformance', [...where, '--messages', String(RECORDS)]);
  const [, rate] = /([\d.]+) records\/sec.*\n$/.exec(produced) ?? [];
  const cells = consumed.trim().split('\n').at(-1)?.split(', ') ?? [];
  return { javaProduced: Number(rate), javaConsumed: Number(cells[FETCH_RATE_COLUMN]) };
};

/** Transactions of 100 records of 230 bytes, one after the other. */
export const measureJavaTransactions: Measure = async (port, id) => {
  const program = join(packageRoot, 'bench/broker/Transactions.java');
  const size = [String(TRANSACTIONS), '100', '230'];
  const args = ['-cp', KAFKA.classPath, program, `127.0.0.1:${port}`, `java-transactional-${id}`, ...size];
  const { stdout } = await promisify(execFile)('java', args);
  return { javaTransactional: Number(stdout) };
};
