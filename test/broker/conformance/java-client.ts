// The Java client, through Apache Kafka's own console tools.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { apacheKafkaMissing, FAST_START, KAFKA_CLASS_PATH } from '../../real-kafka/apache-kafka.ts';
import { afterFile } from '../../support/after-file.ts';
import { type Client, CODECS, group, type Message, run } from './client.ts';

const NULL = '<null>';
const JAVA = [...FAST_START, '-cp', KAFKA_CLASS_PATH];
/** Counts what all its runs in a JVM have read, so each has one of its own. */
const CONSUMER = 'consumer.ConsoleConsumer';

type Answer = { readonly status: number; readonly printed: string; readonly complained: string };
type Tools = { run(tool: string, args: readonly string[], input: string): Promise<string> };

/** The JVM that runs the tools of this file, once one was asked for. */
let tools: Tools | undefined;

function startTools(): Tools {
  const child = spawn('java', [...JAVA, join(import.meta.dirname, 'ConsoleTools.java')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  afterFile(() => {
    tools = undefined;
    child.kill();
  });
  const answers = createInterface(child.stdout)[Symbol.asyncIterator]();
  const ask = async (tool: string, args: readonly string[], input: string) => {
    child.stdin.write(`${JSON.stringify({ tool, args, input })}\n`);
    const { value } = await answers.next();
    if (value === undefined) throw new Error(`the JVM of the tools ended in ${tool}`);
    const { status, printed, complained }: Answer = JSON.parse(value);
    if (status !== 0) throw new Error(`${tool} ${args.join(' ')}: ${status}\n${printed}\n${complained}`);
    return printed;
  };
  let last: Promise<unknown> = Promise.resolve();
  return {
    run: (...asked) => {
      const answer = last.then(() => ask(...asked));
      last = answer.catch(() => {});
      return answer;
    },
  };
}

/** Runs one of the console tools; `tool` is its class, below org.apache.kafka.tools unless it starts with `kafka.`. Port 0: `args` say where. */
export function javaTool(tool: string, port: number, args: readonly string[], input = ''): Promise<string> {
  const server = port === 0 ? [] : ['--bootstrap-server', `127.0.0.1:${port}`];
  const name = tool.startsWith('kafka.') ? tool : `org.apache.kafka.tools.${tool}`;
  if (tool === CONSUMER) return run('java', [...JAVA, name, ...server, ...args], input);
  tools ??= startTools();
  return tools.run(name, [...server, ...args], input);
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
  produce: async (port, batches) => {
    const format = ['parse.key=true', 'parse.headers=true', `null.marker=${NULL}`];
    const properties = format.flatMap((property) => ['--property', property]);
    for (const { topic, codec, messages } of batches) {
      const args = ['--topic', topic, '--compression-codec', codec, ...properties];
      await javaTool('ConsoleProducer', port, args, messages.map(line).join(''));
    }
  },
  // The tool does not print topics: each message's header names the one that it was written to.
  consume: async (port, topics, count) => {
    const format = ['print.key=true', 'print.headers=true', `null.literal=${NULL}`];
    const properties = format.flatMap((property) => ['--property', property]);
    const total = String(topics.length * count);
    const which = ['--include', topics.join('|'), '--from-beginning', '--max-messages', total];
    const waits = ['--timeout-ms', '30000'];
    const printed = await javaTool(CONSUMER, port, [...which, ...waits, ...properties]);
    return group(printed.trim().split('\n').map(read));
  },
};
