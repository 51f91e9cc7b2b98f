// npm run bench:clicks — from a click to its row in Postgres and to the chart that counts it, at RATE events a second.
// Measured from outside: a visitor requests a product page (a click and an ad's show). The row's time ends when the visitor's
// event stream reports it stored, the chart's when the stream of an open dashboard has brought counts that include it: the
// n-th stored row is on the chart once that counts n more than before.

import { setTimeout as sleep } from 'node:timers/promises';
import { dataFolder, isReady, startProgram } from './program.ts';
import { median, ms, percentile } from './statistics.ts';

const EVENTS_PER_SECOND = Number(process.env.RATE ?? 200);
const ROUNDS = Number(process.env.ROUNDS ?? 5);
const SECONDS = Number(process.env.SECONDS_A_ROUND ?? 20);
const VISITORS = 10;
const EVENTS_A_PAGE = 2;

type Times = { readonly row: number[]; readonly chart: number[]; readonly unanswered: number };
type Visitor = {
  readonly cookie: string;
  /** Time of the page's request by order_id. */
  readonly asked: Map<string, number>;
  /** Time at which it was reported stored by order_id; that may be before the page's response was read. */
  readonly stored: Map<string, number>;
};
/** A number of today's events that an open dashboard was sent, and its time. */
type Count = { readonly events: number; readonly at: number };

async function openVisitor(url: string): Promise<Visitor> {
  const response = await fetch(`${url}/`);
  await response.arrayBuffer();
  const cookie = response.headers
    .getSetCookie()
    .map((text) => text.split(';', 1)[0])
    .join('; ');
  const visitor: Visitor = { cookie, asked: new Map(), stored: new Map() };
  void follow(url, visitor);
  return visitor;
}

/** Reads an event stream for as long as it is open. */
async function read(
  response: Response,
  note: (event: string, data: string, now: number) => void,
): Promise<void> {
  let buffered = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const now = performance.now();
    const messages = (buffered + chunk).split('\n\n');
    buffered = messages.pop() ?? '';
    for (const message of messages) {
      const [, event, data] = /^event: (\w+)\ndata: (.*)$/m.exec(message) ?? [];
      if (event !== undefined && data !== undefined) note(event, data, now);
    }
  }
}

/** Stops the clocks of the visitor's rows. */
async function follow(url: string, { cookie, stored }: Visitor): Promise<void> {
  const response = await fetch(`${url}/api/trace`, { headers: { cookie } });
  await read(response, (_event, data, now) => {
    const trace = JSON.parse(data);
    if (trace.postgres && !stored.has(trace.order_id)) stored.set(trace.order_id, now);
  });
}

/** Opens a dashboard that counts robots too, which a program without a browser's name is. */
async function openDashboard(url: string, counts: Count[]): Promise<void> {
  const response = await fetch(`${url}/api/live?robots=include`);
  void read(response, (event, data, at) => {
    if (event !== 'today') return;
    const rows: readonly { readonly count: number }[] = JSON.parse(data).rows;
    counts.push({ events: rows.reduce((sum, { count }) => sum + count, 0), at });
  });
}

/** Requests a page; the trace bar in the response names its events. */
async function click(url: string, visitor: Visitor): Promise<void> {
  const since = performance.now();
  const response = await fetch(`${url}/product/sneakers`, { headers: { cookie: visitor.cookie } });
  const html = await response.text();
  const ids = new Set([...html.matchAll(/\/events\/([0-9a-f]{32})/g)].map(([, id]) => id ?? ''));
  for (const id of [...ids].slice(0, EVENTS_A_PAGE)) visitor.asked.set(id, since);
}

/** @param events in the order in which they were stored */
function chartTimes(
  events: readonly { readonly at: number }[],
  counts: readonly Count[],
  before: number,
): number[] {
  let next = 0;
  return events.map(({ at }, n) => {
    while (next < counts.length && (counts[next]?.events ?? 0) < before + n + 1) next += 1;
    return (counts[next]?.at ?? Number.POSITIVE_INFINITY) - at;
  });
}

async function round(url: string, visitors: readonly Visitor[], counts: Count[]): Promise<Times> {
  for (const { asked, stored } of visitors) for (const map of [asked, stored]) map.clear();
  const before = counts.at(-1)?.events ?? 0;
  counts.length = 0;
  const pages = (EVENTS_PER_SECOND / EVENTS_A_PAGE) * SECONDS;
  const began = performance.now();
  const asked: Promise<void>[] = [];
  let unanswered = 0;
  for (let page = 0; page < pages; page += 1) {
    const due = began + (page * 1000 * EVENTS_A_PAGE) / EVENTS_PER_SECOND;
    await sleep(Math.max(0, due - performance.now()));
    const visitor = visitors[page % visitors.length];
    if (visitor === undefined) continue;
    asked.push(
      click(url, visitor).catch(() => {
        unanswered += 1;
      }),
    );
  }
  await Promise.all(asked);
  await sleep(1_000);
  const events = visitors
    .flatMap(({ asked: since, stored }) =>
      [...since].map(([id, at]) => ({ at, row: stored.get(id) ?? Number.POSITIVE_INFINITY })),
    )
    .sort((a, b) => a.row - b.row);
  const row = events.map(({ at, row }) => row - at);
  return { row, chart: chartTimes(events, counts, before), unanswered };
}

const data = dataFolder();
const program = await startProgram(data.folder);
try {
  await isReady(program.url);
  await sleep(3_000);
  const visitors = await Promise.all(Array.from({ length: VISITORS }, () => openVisitor(program.url)));
  const counts: Count[] = [];
  await openDashboard(program.url, counts);
  console.log(
    `click → row and click → chart at ${EVENTS_PER_SECOND} events/s, ${ROUNDS} rounds of ${SECONDS} s`,
  );
  const rounds: Times[] = [];
  for (let index = 0; index <= ROUNDS; index += 1) {
    const times = await round(program.url, visitors, counts);
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
  const unanswered = rounds.reduce((sum, times) => sum + times.unanswered, 0);
  if (unanswered > 0) console.log(`${unanswered} pages were not answered: the shop can't make that many`);
} finally {
  await program.stop();
  data.remove();
}
process.exit(0);
