// The Java clients of two releases, through Apache Kafka's own console tools.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { FAST_START, KAFKA, NEWEST_KAFKA, type Release } from '../../real-kafka/apache-kafka.ts';
import { afterFile } from '../../support/after-file.ts';
import { type Client, CODECS, group, type Message, run } from './client.ts';

const NULL = '<null>';
const javaOf = ({ classPath }: Release) => [...FAST_START, '-cp', classPath];
/** Counts what all its runs in a JVM have read, so each has one of its own. */
const CONSUMER = 'consumer.ConsoleConsumer';

type Answer = { readonly status: number; readonly printed: string; readonly complained: string };
type Tools = { run(tool: string, args: readonly string[], input: string): Promise<string> };

/** The JVMs that run the tools of this file, by their release, once they were asked for. */
const running = new Map<Release, Tools>();

function startTools(release: Release): Tools {
  const child = spawn('java', [...javaOf(release), join(import.meta.dirname, 'ConsoleTools.java')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  afterFile(() => {
    running.delete(release);
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

/** Runs a console tool of a release; `tool` is its class, below org.apache.kafka.tools. Port 0: `args` say where. */
export function javaTool(
  release: Release,
  tool: string,
  port: number,
  args: readonly string[],
  input = '',
): Promise<string> {
  const server = port === 0 ? [] : ['--bootstrap-server', `127.0.0.1:${port}`];
  const name = `org.apache.kafka.tools.${tool}`;
  if (tool === CONSUMER) return run('java', [...javaOf(release), name, ...server, ...args], input);
  const tools = running.get(release) ?? startTools(release);
  running.set(release, tools);
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

const javaClientOf = (name: string, release: Release): Client => ({
  name,
  writes: CODECS,
  reads: CODECS,
  missing: release.missing,
  produce: async (port, batches) => {
    const format = ['parse.key=true', 'parse.headers=true', `null.marker=${NULL}`];
    const properties = format.flatMap((property) => ['--property', property]);
    for (const { topic, codec, messages } of batches) {
      const args = ['--topic', topic, '--compression-codec', codec, ...properties];
      await javaTool(release, 'ConsoleProducer', port, args, messages.map(line).join(''));
    }
  },
  // The tool does not print topics: each message's header names the one that it was written to.
  consume: async (port, topics, count) => {
    const format = ['print.key=true', 'print.headers=true', `null.literal=${NULL}`];
    const properties = format.flatMap((property) => ['--property', property]);
    const total = String(topics.length * count);
    const which = ['--include', topics.join('|'), '--from-beginning', '--max-messages', total];
    const waits = ['--timeout-ms', '30000'];
    const printed = await javaTool(release, CONSUMER, port, [...which, ...waits, ...properties]);
    return group(printed.trim().split('\n').map(read));
  },
});

export const javaClient = javaClientOf('java', KAFKA);
export const newestJavaClient = javaClientOf('java-newest', NEWEST_KAFKA);
