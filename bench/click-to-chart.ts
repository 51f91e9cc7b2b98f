// npm run bench:clicks — from a click to its row in Postgres and to the chart that counts it, at 500 events a second.
// Measured from outside: a visitor asks for a product page (a click and an ad's show), and the clock stops when the
// visitor's own event stream says that the event is stored, and charted.

import { setTimeout as sleep } from 'node:timers/promises';
import { dataFolder, isReady, startProgram } from './program.ts';
import { median, ms, percentile } from './statistics.ts';

const EVENTS_PER_SECOND = Number(process.env.RATE ?? 500);
const ROUNDS = Number(process.env.ROUNDS ?? 3);
const SECONDS = Number(process.env.SECONDS_A_ROUND ?? 20);
const VISITORS = 10;
const EVENTS_A_PAGE = 2;

type Times = { readonly row: number[]; readonly chart: number[] };
/** When an event was said to be there; the stream may say so before the page's answer has been read. */
type Seen = { row?: number; chart?: number };
type Visitor = {
  readonly cookie: string;
  /** By order_id, when its page was asked for. */
  readonly asked: Map<string, number>;
  readonly seen: Map<string, Seen>;
};

async function openVisitor(url: string): Promise<Visitor> {
  const response = await fetch(`${url}/`);
  await response.arrayBuffer();
  const cookie = response.headers
    .getSetCookie()
    .map((text) => text.split(';', 1)[0])
    .join('; ');
  const visitor: Visitor = { cookie, asked: new Map(), seen: new Map() };
  void follow(url, visitor);
  return visitor;
}

/** Reads the visitor's event stream and stops the clocks. */
async function follow(url: string, visitor: Visitor): Promise<void> {
  const response = await fetch(`${url}/api/trace`, { headers: { cookie: visitor.cookie } });
  let buffered = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const now = performance.now();
    const messages = (buffered + chunk).split('\n\n');
    buffered = messages.pop() ?? '';
    for (const message of messages) note(visitor, message, now);
  }
}

function note({ seen }: Visitor, message: string, now: number): void {
  const data = /^data: (.*)$/m.exec(message)?.[1];
  if (data === undefined) return;
  const trace = JSON.parse(data);
  const times = seen.get(trace.order_id) ?? {};
  seen.set(trace.order_id, times);
  if (trace.postgres !== null) times.row ??= now;
  if (trace.chart !== null) times.chart ??= now;
}

/** Asks for a page; its events are known by the ribbon in the answer. */
async function click(url: string, visitor: Visitor): Promise<void> {
  const since = performance.now();
  const response = await fetch(`${url}/product/sneakers`, { headers: { cookie: visitor.cookie } });
  const html = await response.text();
  const ids = new Set([...html.matchAll(/\/events\/([0-9a-f]{32})/g)].map(([, id]) => id ?? ''));
  for (const id of [...ids].slice(0, EVENTS_A_PAGE)) visitor.asked.set(id, since);
}

async function round(url: string, visitors: readonly Visitor[]): Promise<Times> {
  for (const { asked, seen } of visitors) for (const map of [asked, seen]) map.clear();
  const pages = (EVENTS_PER_SECOND / EVENTS_A_PAGE) * SECONDS;
  const began = performance.now();
  const asked: Promise<void>[] = [];
  for (let page = 0; page < pages; page += 1) {
    const due = began + (page * 1000 * EVENTS_A_PAGE) / EVENTS_PER_SECOND;
    await sleep(Math.max(0, due - performance.now()));
    const visitor = visitors[page % visitors.length];
    if (visitor !== undefined) asked.push(click(url, visitor));
  }
  await Promise.all(asked);
  await sleep(1_000);
  const passed = (hop: keyof Seen) =>
    visitors.flatMap(({ asked: since, seen }) =>
      [...since].map(([id, at]) => (seen.get(id)?.[hop] ?? Number.POSITIVE_INFINITY) - at),
    );
  return { row: passed('row'), chart: passed('chart') };
}

const data = dataFolder();
const program = await startProgram(data.folder);
try {
  await isReady(program.url);
  await sleep(3_000);
  const visitors = await Promise.all(Array.from({ length: VISITORS }, () => openVisitor(program.url)));
  console.log(
    `click → row and click → chart at ${EVENTS_PER_SECOND} events/s, ${ROUNDS} rounds of ${SECONDS} s`,
  );
  const rounds: Times[] = [];
  for (let index = 0; index <= ROUNDS; index += 1) {
    const times = await round(program.url, visitors);
    // The first round warms up.
    if (index > 0) rounds.push(times);
  }
  for (const hop of ['row', 'chart'] as const) {
    const of = (p: number) => median(rounds.map((times) => percentile(times[hop], p)));
    const events = rounds.map((times) => times[hop].length).join(', ');
    console.log(
      `click → ${hop.padEnd(5)}  p50 ${ms(of(0.5))}  p99 ${ms(of(0.99))}  (medians of rounds; events: ${events})`,
    );
  }
} finally {
  await program.stop();
  data.remove();
}
process.exit(0);
