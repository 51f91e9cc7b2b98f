// The Java client, through Apache Kafka's own console tools.

import { apacheKafkaMissing, KAFKA_CLASS_PATH } from '../../real-kafka/apache-kafka.ts';
import { type Client, CODECS, group, type Message, run } from './client.ts';

const NULL = '<null>';
export const FAST_START = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto'];

/** Runs one of the console tools; `tool` is its class, below org.apache.kafka.tools unless it starts with `kafka.`. Port 0: `args` say where. */
export function javaTool(tool: string, port: number, args: readonly string[], input = ''): Promise<string> {
  const server = port === 0 ? [] : ['--bootstrap-server', `127.0.0.1:${port}`];
  const name = tool.startsWith('kafka.') ? tool : `org.apache.kafka.tools.${tool}`;
  return run('java', [...FAST_START, '-cp', KAFKA_CLASS_PATH, name, ...server, ...args], input);
}

function line({ key, value, from }: Message): string {
  return `from:${from}\t${key ?? NULL}\t${value ?? NULL}\n`;
}

function read(printed: string): readonly [string, Message] {
  const [headers = '', key = '', value = ''] = printed.split('\t');
  const from = headers.slice('from:'.length);
  const orNull = (text: string) => (text === NULL ? null : text);
  return [`pairs-${from}`, { key: orNull(key), value: orNull(value), from }];
}

export const javaClient: Client = {
  name: 'java',
  writes: CODECS,
  reads: CODECS,
  missing: apacheKafkaMissing,
  produce: async (port, topic, codec, messages) => {
    const format = ['parse.key=true', 'parse.headers=true', `null.marker=${NULL}`];
    const properties = format.flatMap((property) => ['--property', property]);
    const args = ['--topic', topic, '--compression-codec', codec, ...properties];
    await javaTool('ConsoleProducer', port, args, messages.map(line).join(''));
  },
  // The tool does not print topics: each message's header names the one that it was written to.
  consume: async (port, topics, count) => {
    const format = ['print.key=true', 'print.headers=true', `null.literal=${NULL}`];
    const properties = format.flatMap((property) => ['--property', property]);
    const total = String(topics.length * count);
    const which = ['--include', topics.join('|'), '--from-beginning', '--max-messages', total];
    const printed = await javaTool('consumer.ConsoleConsumer', port, [
      ...which,
      '--timeout-ms',
      '30000',
      ...properties,
    ]);
    return group(printed.trim().split('\n').map(read));
  },
};
