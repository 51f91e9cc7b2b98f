// npm run bench:hostile — one client floods the shop with requests that are cheap to send, another requests /healthz: the
// latency of the other for each kind of flood, under the default limits. Exit 1 where p99 is over LONGEST_MS. The hostile
// client runs in a thread of its own and comes from 127.0.0.2, so that the two have separate rate limits.

import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { Kafka, logLevel } from 'kafkajs';
import { dataFolder, isReady, type Program, startProgram } from './program.ts';
import { ms, percentile } from './statistics.ts';

const SECONDS = Number(process.env.SECONDS_A_ROUND ?? 10);
const ASK_EVERY_MS = 10;
const LONGEST_MS = 250;
const HOSTILE_ADDRESS = '127.0.0.2';

/** Requests that a connection repeats as soon as they are answered or it is closed. */
type Way = {
  readonly name: string;
  readonly connections: number;
  /** Raw bytes, and the number of their responses. */
  readonly bytes: Buffer;
  readonly answers: number;
};

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n`;

function post(path: string, type: string, body: Buffer): Buffer {
  const head =
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\nContent-Encoding: gzip\r\n` +
    `Content-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

const PIPELINED = 2_300;
const NOBODY: Way = { name: 'nobody', connections: 0, bytes: Buffer.alloc(0), answers: 1 };

function waysOf(letter: number): readonly Way[] {
  const lines = gzipSync('{\n'.repeat(524_000));
  const values = gzipSync(`[${'1,'.repeat(500_000)}1]`);
  const pipelined = (path: string) => Buffer.from(get(path).repeat(PIPELINED));
  const many = (path: string) => ({ connections: 200, bytes: Buffer.from(get(path)), answers: 1 });
  return [
    NOBODY,
    {
      name: '1 kB that unpacks to 524,000 lines',
      connections: 8,
      bytes: post('/api/events', 'application/x-ndjson', lines),
      answers: 1,
    },
    {
      name: '1 kB that unpacks to 500,000 values',
      connections: 8,
      bytes: post('/api/events', 'application/json', values),
      answers: 1,
    },
    {
      name: 'the page of a nested dead letter of 240 kB',
      connections: 8,
      bytes: Buffer.from(get(`/events/rejected/${letter}`)),
      answers: 1,
    },
    { name: '2,300 pipelined front pages', connections: 8, bytes: pipelined('/'), answers: PIPELINED },
    {
      name: '2,300 pipelined charts',
      connections: 8,
      bytes: pipelined('/api/charts/daily'),
      answers: PIPELINED,
    },
    {
      name: 'API pages, each on a connection of its own, 1,000 at once',
      connections: 1_000,
      bytes: Buffer.from(get('/api/docs').replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')),
      answers: 1,
    },
    { name: 'front pages, 200 connections', ...many('/') },
    { name: 'dashboards, 200 connections', ...many('/dashboard') },
    { name: '/readyz, 200 connections', ...many('/readyz') },
    { name: '/metrics, 200 connections', ...many('/metrics') },
    { name: 'missing pages, 200 connections', ...many('/nothing') },
  ];
}

/** The hostile client's thread: every connection sends, waits for its responses, and sends again. @returns responses in all */
async function attack({ bytes, connections, answers }: Way, port: number): Promise<void> {
  let answered = 0;
  const one = async () => {
    for (;;) {
      const socket = connect({ port, host: '127.0.0.1', localAddress: HOSTILE_ADDRESS });
      let left = answers;
      socket.on('error', () => {}).setEncoding('latin1');
      socket.on('connect', () => socket.write(bytes));
      socket.on('data', (text: string) => {
        const seen = text.split('HTTP/1.1 ').length - 1;
        if (answered === 0 && seen > 0) parentPort?.postMessage('at work');
        answered += seen;
        left -= seen;
        if (left > 0) return;
        left = answers;
        socket.write(bytes);
      });
      await once(socket, 'close').catch(() => {});
    }
  };
  for (let index = 0; index < connections; index += 1) one();
  parentPort?.on('message', () => {
    parentPort?.postMessage(answered);
    process.exit(0);
  });
}

/** Milliseconds of each request of the other client. */
async function askHealth(url: string, seconds: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true });
  const waits: number[] = [];
  const asked: Promise<void>[] = [];
  for (const ends = performance.now() + seconds * 1000; performance.now() < ends; ) {
    const began = performance.now();
    asked.push(
      new Promise<void>((resolve, reject) => {
        const sent = request(`${url}/healthz`, { agent }, (response) => {
          response.resume().on('end', () => {
            waits.push(performance.now() - began);
            resolve();
          });
        });
        sent.on('error', reject).end();
      }),
    );
    await sleep(ASK_EVERY_MS);
  }
  await Promise.all(asked);
  agent.destroy();
  return waits;
}

/** Sends a deeply nested message to the topic. @returns the id of its dead letter */
async function sendDeadLetter({ env, url }: Program): Promise<number> {
  const brokers = [`127.0.0.1:${env.KAFKA_PORT}`];
  const producer = new Kafka({ brokers, logLevel: logLevel.NOTHING }).producer();
  await producer.connect();
  const value = '['.repeat(120_000) + ']'.repeat(120_000);
  await producer.send({ topic: 'ecommerce', messages: [{ value }] });
  await producer.disconnect();
  for (;;) {
    const answer = await fetch(`${url}/api/dead-letters?limit=1`);
    const { rows } = (await answer.json()) as { readonly rows: readonly { readonly id: number }[] };
    const [newest] = rows;
    if (newest !== undefined) return newest.id;
    await sleep(50);
  }
}

async function measure(way: Way, program: Program): Promise<boolean> {
  const worker = new Worker(new URL(import.meta.url), {
    workerData: { way, port: Number(program.env.PORT) },
  });
  // On a busy machine the thread's start takes longer than a round.
  await once(worker, way.connections === 0 ? 'online' : 'message');
  const waits = await askHealth(program.url, SECONDS);
  worker.postMessage('stop');
  const [answered] = (await once(worker, 'message')) as [number];
  const p99 = percentile(waits, 0.99);
  console.log(
    `${way.name.padEnd(44)} ${String(answered).padStart(8)} answers   /healthz p50 ${ms(percentile(waits, 0.5)).padStart(9)}` +
      `   p99 ${ms(p99).padStart(9)}   longest ${ms(Math.max(...waits)).padStart(9)}`,
  );
  return p99 <= LONGEST_MS;
}

async function main(): Promise<void> {
  const data = dataFolder();
  const program = await startProgram(data.folder, { RATE_LIMIT: process.env.RATE_LIMIT ?? '' });
  try {
    await isReady(program.url);
    const ways = waysOf(await sendDeadLetter(program));
    for (const way of ways.filter(({ name }) => name.includes(process.argv[2] ?? ''))) {
      if (!(await measure(way, program))) process.exitCode = 1;
      await sleep(1_000);
    }
  } finally {
    await program.stop();
    data.remove();
  }
}

if (isMainThread) await main();
else await attack({ ...workerData.way, bytes: Buffer.from(workerData.way.bytes) }, workerData.port);
