// npm run bench:collector — requests a second of POST /api/events, each acknowledged by Kafka, beside a bare Express
// route that reads the same body, in one run, rounds in turn.

import { fork } from 'node:child_process';
import path from 'node:path';
import autocannon from 'autocannon';
import { newId, newOrderId } from '../src/events/ids.ts';
import { dataFolder, isReady, startProgram } from './program.ts';
import { median, ms } from './statistics.ts';

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const SECONDS = Number(process.env.SECONDS_A_ROUND ?? 5);
const CONNECTIONS = 32;

function body(): string {
  return JSON.stringify({
    order_id: newOrderId(),
    user_id: newId(),
    page_id: newId(),
    product: 'sneakers',
    site_version: 'mobile',
    time: new Date().toISOString(),
    title: 'banner_click',
    target: 0,
  });
}

type Round = { readonly perSecond: number; readonly p99: number };

async function load(url: string, seconds: number): Promise<Round> {
  const result = await autocannon({
    url: `${url}/api/events`,
    connections: CONNECTIONS,
    duration: seconds,
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'bench' },
    requests: [{ setupRequest: (request) => ({ ...request, body: body() }) }],
  });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${result.non2xx} refused, ${result.errors} errors`);
  return { perSecond: result.requests.total / result.duration, p99: result.latency.p99 };
}

const bare = fork(path.join(import.meta.dirname, 'bare-express.js'));
const port = await new Promise<number>((resolve) =>
  bare.once('message', (message) => resolve(Number(message))),
);
const data = dataFolder();
const program = await startProgram(data.folder);
try {
  await isReady(program.url);
  const urls = { collector: program.url, bare: `http://127.0.0.1:${port}` };
  const rounds = { collector: [] as Round[], bare: [] as Round[] };
  for (const url of Object.values(urls)) await load(url, 2);
  for (let index = 0; index < ROUNDS; index += 1) {
    for (const name of ['bare', 'collector'] as const) rounds[name].push(await load(urls[name], SECONDS));
  }
  const rate = (name: 'bare' | 'collector') => median(rounds[name].map(({ perSecond }) => perSecond));
  for (const name of ['bare', 'collector'] as const) {
    const p99 = median(rounds[name].map((round) => round.p99));
    console.log(`${name.padEnd(10)} ${rate(name).toFixed(0).padStart(7)} requests/s   p99 ${ms(p99)}`);
  }
  const ratios = rounds.collector.map(
    (round, index) => round.perSecond / (rounds.bare[index]?.perSecond ?? Number.NaN),
  );
  console.log(
    `ratio      ${median(ratios).toFixed(2).padStart(7)}   (median of ${ROUNDS} rounds: ${ratios.map((r) => r.toFixed(2)).join(', ')})`,
  );
} finally {
  await program.stop();
  data.remove();
  bare.disconnect();
}
process.exit(0);
