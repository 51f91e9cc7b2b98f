// npm run bench:collector — POST /api/events with every event acknowledged by Kafka, ingest and Postgres at work beside it:
// requests a second beside the same route without Kafka and beside a bare Express route that reads the same body; then a
// client's batches of 50 beside its single requests. One run, rounds in turn.

import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import autocannon from 'autocannon';
import { newId } from '../src/events/ids.ts';
import { anEvent } from '../test/support/events.ts';
import { pick } from './pick.ts';
import { dataFolder, isReady, startProgram } from './program.ts';
import { median, ms } from './statistics.ts';

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const SECONDS = Number(process.env.SECONDS_A_ROUND ?? 5);
const WARM_SECONDS = 2;
const CONNECTIONS = 32;
const BATCH = 50;

const USERS = Array.from({ length: 5_000 }, newId);

const click = () => anEvent({ user_id: pick(USERS), title: 'banner_click' });
const single = () => JSON.stringify(click());
const batch = () => JSON.stringify(Array.from({ length: BATCH }, click));

/** A way to send events: the route, the number of clients, the events of a request. */
type Way = {
  readonly url: string;
  readonly body: () => string;
  readonly connections: number;
  readonly events: number;
};
type Round = { readonly perSecond: number; readonly p99: number };

/** Bodies are made for so many times the requests of the round before. */
const SPARE = 1.3;

/** @param expected requests a second; their bodies are made before the measurement */
async function load({ url, body, connections }: Way, seconds: number, expected: number): Promise<Round> {
  const bodies = Array.from({ length: Math.ceil(expected * seconds * SPARE) }, body);
  const result = await autocannon({
    url: `${url}/api/events`,
    connections,
    duration: seconds,
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'bench' },
    requests: [{ setupRequest: (request) => ({ ...request, body: bodies.pop() ?? body() }) }],
  });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${result.non2xx} refused, ${result.errors} errors`);
  return { perSecond: result.requests.total / result.duration, p99: result.latency.p99 };
}

async function startAlone(script: string): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const child = fork(path.join(import.meta.dirname, script));
  const port = await new Promise((resolve) => child.once('message', resolve));
  return { child, url: `http://127.0.0.1:${port}` };
}

const bare = await startAlone('bare-express.js');
const alone = await startAlone('collector-alone.js');
const data = dataFolder();
const program = await startProgram(data.folder);
try {
  await isReady(program.url);
  const many = { body: single, connections: CONNECTIONS, events: 1 };
  const ways = {
    'bare Express': { ...many, url: bare.url },
    'without Kafka': { ...many, url: alone.url },
    collector: { ...many, url: program.url },
    'one client, singly': { url: program.url, body: single, connections: 1, events: 1 },
    [`one client, by ${BATCH}`]: { url: program.url, body: batch, connections: 1, events: BATCH },
    [`${CONNECTIONS} clients, by ${BATCH}`]: { ...many, url: program.url, body: batch, events: BATCH },
  } satisfies Record<string, Way>;
  const expected = new Map<string, number>();
  const rounds = new Map(Object.keys(ways).map((name) => [name, [] as Round[]]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    // The first round warms up.
    for (const [name, way] of Object.entries(ways)) {
      const measured = await load(way, round === 0 ? WARM_SECONDS : SECONDS, expected.get(name) ?? 0);
      expected.set(name, measured.perSecond);
      if (round > 0) rounds.get(name)?.push(measured);
    }
  }
  for (const [name, { events, connections }] of Object.entries(ways)) {
    const of = rounds.get(name) ?? [];
    const perSecond = median(of.map((round) => round.perSecond));
    console.log(
      `${name.padEnd(20)} ${perSecond.toFixed(0).padStart(6)} requests/s ${(perSecond * events).toFixed(0).padStart(7)} events/s   ` +
        `p99 ${ms(median(of.map(({ p99 }) => p99)))}   (${connections} connections)`,
    );
  }
  const compare = (name: keyof typeof ways, other: keyof typeof ways, times = 1) => {
    const others = rounds.get(other) ?? [];
    const ratios = (rounds.get(name) ?? []).map(
      (round, index) => (round.perSecond * times) / (others[index]?.perSecond ?? Number.NaN),
    );
    const each = ratios.map((ratio) => ratio.toFixed(2)).join(', ');
    console.log(
      `${`${name} / ${other}`.padEnd(40)} ${median(ratios).toFixed(2).padStart(6)}   (rounds: ${each})`,
    );
  };
  compare('collector', 'without Kafka');
  compare('collector', 'bare Express');
  compare(`one client, by ${BATCH}`, 'one client, singly', BATCH);
  compare(`${CONNECTIONS} clients, by ${BATCH}`, 'collector', BATCH);
} finally {
  await program.stop();
  data.remove();
  bare.child.disconnect();
  alone.child.disconnect();
}
process.exit(0);
