// examples/flink on the embedded broker, its counts against a plain recount, across kill -9 in the middle of a transaction and a start
// from its last checkpoint. It is exactly once: a reader of what is committed sees each minute and category once.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { kafkaAt } from '../broker/running-broker.ts';
import { FAST_START } from '../real-kafka/apache-kafka.ts';
import { eventually, startTestBroker } from '../support/line.ts';
import {
  builtExample,
  CLICKS,
  clicksFrom,
  countsOf,
  makeTopics,
  mavenMissing,
  sendClicks,
} from './clicks.ts';

const missing = mavenMissing();
if (missing !== null) console.warn(`SKIPPED: Flink: ${missing}`);

const RESULTS = 'flink-clicks-per-minute';
const HALF = 100;
/** Hours later: it lets every minute before it be told, and is in none that is. */
const LAST = clicksFrom(5_000, 1);

it.skipIf(missing !== null)(
  'counts each click once a minute and category, also after it was killed',
  async () => {
    const folder = await builtExample('flink', ['package', 'dependency:copy-dependencies']);
    const { port } = await startTestBroker();
    await makeTopics(port, [CLICKS, RESULTS], 1);
    const [committed, written] = [await follow(port, false), await follow(port, true)];
    const clicks = clicksFrom(0, 2 * HALF);

    await sendClicks(port, clicks.slice(0, HALF));
    const killed = start(folder, port);
    await eventually(() => committed.length > 0);
    await sendClicks(port, clicks.slice(HALF));
    const before = committed.length;
    await eventually(() => written.length > before);
    const cutOff = written.length - committed.length;
    await kill(killed);
    start(folder, port);
    await sendClicks(port, LAST);
    const expected = countsOf(clicks);
    const told = () => new Map(committed);
    await eventually(() => Object.keys(expected).every((key) => told().has(key)));
    console.log(`${cutOff} counts of a transaction that was cut off`);
    expect(Object.fromEntries(told())).toEqual(expected);
    expect(committed).toHaveLength(told().size);
  },
  600_000,
);

function start(folder: string, port: number): ChildProcess {
  const options = [...FAST_START, '-Xmx512m', '--add-opens=java.base/java.util=ALL-UNNAMED'];
  const program = ['-cp', 'target/classes:target/dependency/*', 'ClicksPerMinute', `127.0.0.1:${port}`];
  const child = spawn('java', [...options, ...program], { cwd: folder, stdio: 'ignore' });
  onTestFinished(() => kill(child));
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

/** The counts as they come, by "category minute". */
async function follow(port: number, readUncommitted: boolean): Promise<(readonly [string, number])[]> {
  const groupId = `test-flink-${readUncommitted}`;
  const consumer = kafkaAt(port).consumer({ groupId, readUncommitted, maxWaitTimeInMs: 100 });
  onTestFinished(() => consumer.disconnect());
  await consumer.connect();
  await consumer.subscribe({ topic: RESULTS, fromBeginning: true });
  const counts: (readonly [string, number])[] = [];
  await consumer.run({
    eachMessage: async ({ message }) =>
      void counts.push([String(message.key), Number(String(message.value))]),
  });
  return counts;
}
