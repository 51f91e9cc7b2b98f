// examples/connect on the embedded broker: a worker in distributed mode writes each click to a file, and goes on where it
// was when another one takes its place.

import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
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

async function stop(worker: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  worker.kill('SIGTERM');
  await ended;
}

it.skipIf(missing !== null)(
  'writes each click to a file, also after its worker was replaced',
  async () => {
    const folder = await builtExample('connect', ['dependency:copy-dependencies']);
    const [{ port }, rest] = [await startTestBroker(), await freePort()];
    await makeTopics(port, [CLICKS], 1);
    edit(
      path.join(folder, 'worker.properties'),
      [
        ['127.0.0.1:9092', `127.0.0.1:${port}`],
        ['127.0.0.1:8083', `127.0.0.1:${rest}`],
      ].map(([from = '', to = '']) => [from, to] as const),
    );
    const output = path.join(folder, 'clicks.ndjson');
    const body = edit(path.join(folder, 'clicks-to-file.json'), [['clicks.ndjson', output]]);
    const url = `http://127.0.0.1:${rest}/connectors/clicks-to-file/config`;
    const put = () =>
      fetch(url, { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body }).then(
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
    const clicks = clicksFrom(0, 80);
    await sendClicks(port, clicks.slice(0, 50));
    let worker = startWorker(folder);
    try {
      await eventually(put, 200);
      await eventually(() => written().length === 50, 200);
      await stop(worker);
      await sendClicks(port, clicks.slice(50));
      worker = startWorker(folder); // it finds its connector on the topic of configurations
      await eventually(() => written().length >= 80, 200);
    } finally {
      await stop(worker);
    }
    expect(written()).toEqual(clicks.map((click) => JSON.stringify(click)));
  },
  900_000,
);
