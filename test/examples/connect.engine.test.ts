// examples/connect on the embedded broker: a worker in distributed mode writes each click to a file, and sends each line of another file
// exactly once, also where it was killed with -9 in the middle of a transaction and another one takes its place.

import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { adminAt, kafkaAt } from '../broker/running-broker.ts';
import { FAST_START } from '../real-kafka/apache-kafka.ts';
import { eventually, startTestBroker } from '../support/line.ts';
import { freePort } from '../support/ports.ts';
import { builtExample, CLICKS, clicksFrom, makeTopics, mavenMissing, sendClicks } from './clicks.ts';

const missing = mavenMissing();
if (missing !== null) console.warn(`SKIPPED: Kafka Connect: ${missing}`);

function edit(file: string, changes: readonly (readonly [from: string, to: string])[]): string {
  const text = changes.reduce((made, [from, to]) => made.replaceAll(from, to), readFileSync(file, 'utf8'));
  writeFileSync(file, text);
  return text;
}

function startWorker(folder: string): ChildProcess {
  const program = ['org.apache.kafka.connect.cli.ConnectDistributed', 'worker.properties'];
  const args = [...FAST_START, '-cp', 'target/dependency/*', ...program];
  return spawn('java', args, { cwd: folder, stdio: 'ignore' });
}

async function kill(worker: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  worker.kill('SIGKILL');
  await ended;
}

const LINES = 'lines';
const linesFrom = (first: number) => Array.from({ length: 30 }, (_, n) => `line ${first + n}`);
const textOf = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');

/** The values of a topic as they come, those that are committed. */
async function follow(port: number, topic: string): Promise<string[]> {
  const consumer = kafkaAt(port).consumer({ groupId: 'test-connect', maxWaitTimeInMs: 100 });
  onTestFinished(() => consumer.disconnect());
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const values: string[] = [];
  await consumer.run({ eachMessage: async ({ message }) => void values.push(String(message.value)) });
  return values;
}

it.skipIf(missing !== null)(
  'writes each click to a file, and sends each line of a file once, also after it was killed',
  async () => {
    const folder = await builtExample('connect', ['dependency:copy-dependencies']);
    const [{ port }, rest] = [await startTestBroker(), await freePort()];
    await makeTopics(port, [CLICKS, LINES], 1);
    edit(
      path.join(folder, 'worker.properties'),
      [
        ['127.0.0.1:9092', `127.0.0.1:${port}`],
        ['127.0.0.1:8083', `127.0.0.1:${rest}`],
      ].map(([from = '', to = '']) => [from, to] as const),
    );
    const [input, output] = [path.join(folder, 'lines.txt'), path.join(folder, 'clicks.ndjson')];
    const sink = edit(path.join(folder, 'clicks-to-file.json'), [['clicks.ndjson', output]]);
    const source = edit(path.join(folder, 'lines-to-topic.json'), [['lines.txt', input]]);
    const uncommitted = source.replace('"1000"', '"600000"'); // the kill comes before its commit
    const put = (name: string, body: string) =>
      fetch(`http://127.0.0.1:${rest}/connectors/${name}/config`, {
        method: 'PUT',
        headers: { 'Content-Type': 'application/json' },
        body,
      }).then(
        ({ ok }) => ok,
        () => false,
      );
    const written = () => {
      try {
        return readFileSync(output, 'utf8').trim().split('\n');
      } catch {
        return [];
      }
    };
    const admin = await adminAt(port);
    const committedClicks = async () => {
      const [offsets] = await admin.fetchOffsets({ groupId: 'connect-clicks-to-file', topics: [CLICKS] });
      return Number(offsets?.partitions[0]?.offset);
    };
    const sentLines = async () => Number((await admin.fetchTopicOffsets(LINES))[0]?.high);
    const clicks = clicksFrom(0, 80);
    await sendClicks(port, clicks.slice(0, 50));
    writeFileSync(input, textOf(linesFrom(0)));

    const killed = startWorker(folder);
    onTestFinished(() => void killed.kill('SIGKILL'));
    await eventually(() => put('clicks-to-file', sink), 200);
    await eventually(async () => (await committedClicks()) === 50, 200);
    await eventually(() => put('lines-to-topic', uncommitted), 200);
    await eventually(async () => (await sentLines()) > 0, 200);
    await kill(killed);
    const cutOff = await sentLines();
    const lines = await follow(port, LINES);

    appendFileSync(input, textOf(linesFrom(30)));
    await sendClicks(port, clicks.slice(50));
    const worker = startWorker(folder); // it finds its connectors on the topic of configurations
    onTestFinished(() => kill(worker));
    await eventually(() => put('lines-to-topic', source), 200);
    await eventually(() => written().length >= 80 && lines.length >= 60, 200);
    console.log(`${cutOff} records before the kill, ${await sentLines()} in the end, with markers`);
    expect(written()).toEqual(clicks.map((click) => JSON.stringify(click)));
    expect(lines).toEqual([...linesFrom(0), ...linesFrom(30)]);
  },
  900_000,
);
