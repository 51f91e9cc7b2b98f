// Each lesson whose question measures something, played on the whole program by its API: started, watched on the real pipe, answered
// wrongly and rightly. What is right this test finds out by another way than the lesson does: by the rows and the ends of Kafka's
// partitions, or by looking at the pipe while it runs.

import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunAnswer } from '../../src/lessons/run-answer.ts';
import type { PipelineState } from '../../src/pipeline/state.ts';
import { eventually } from '../support/eventually.ts';
import { LINE, type Program, programSettings, startProgram } from '../support/program.ts';
import { LESSON_MS } from './lesson-player.ts';

const PLAYED_SECONDS = 240;
const LOOK_MS = 150;

let program: Program;
let database: pg.Client;
beforeAll(async () => {
  program = await startProgram(
    // The log of the web part has each acknowledgement of Kafka's.
    { ...(await programSettings()), RATE_LIMIT: 'off', LOG_LEVEL: 'debug' },
    [...LINE, 'live'],
  );
  database = new pg.Client(program.databaseUrl());
  await database.connect();
}, 300_000);
afterAll(() => database.end());

const get = async <T>(path: string) => (await (await fetch(program.url + path)).json()) as T;
const post = (path: string, body: object = {}) =>
  fetch(program.url + path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json' },
  });
const pipe = () => get<PipelineState>('/api/pipeline');
const number = async (sql: string, values: unknown[] = []) =>
  Number((await database.query(sql, values)).rows[0]?.value);

type Played = {
  readonly run: RunAnswer;
  /** The pipe before it. */
  readonly before: PipelineState;
  /** What was seen of the pipe meanwhile. */
  readonly seen: readonly PipelineState[];
  /** SQL that is true for the rows whose records were appended since. */
  readonly since: string;
};

/** The pipe once nothing is on its way in it. */
const settled = () =>
  eventually(async () => {
    const now = await pipe();
    return now.outbox.waiting === 0 && now.ledger?.on_the_way === 0 && now.kafka.problem === null && now;
  });

/** Plays a lesson to its end, and waits until all of it is stored. */
async function play(lesson: string): Promise<Played> {
  const before = await settled();
  const started = await post(`/api/lessons/${lesson}/start`);
  expect(started.status).toBe(202);
  const seen: PipelineState[] = [];
  let going = true;
  const watching = (async () => {
    while (going) {
      seen.push(
        ...(await pipe().then(
          (now) => [now],
          () => [],
        )),
      );
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  })();
  const run = await eventually(async () => {
    const now = await get<RunAnswer>(`/api/lessons/${lesson}`);
    return now.state !== 'running' && now;
  }, PLAYED_SECONDS);
  going = false;
  await watching;
  expect(run).toMatchObject({ state: 'over', failure: null });
  await settled();
  const since = before.kafka.partitions
    .map(({ partition, end }) => `("partition" = ${partition} AND "offset" >= ${end})`)
    .join(' OR ');
  return { run, before, seen, since: `stored_at IS NOT NULL AND (${since})` };
}

/** The order_id of each acknowledgement of Kafka's to the shop for a record that was appended since, by the shop's log. */
function acknowledgedSince({ kafka }: PipelineState): string[] {
  const ends = new Map(kafka.partitions.map(({ partition, end }) => [partition, end]));
  return [...program.output().matchAll(/^\{.*"event is in Kafka"\}$/gm)]
    .map(([line]) => JSON.parse(line) as { order_id: string; partition: number; offset: string })
    .filter(({ partition, offset }) => Number(offset) >= (ends.get(partition) ?? 0))
    .map(({ order_id }) => order_id);
}

async function judged(lesson: string, answer: number): Promise<{ right: boolean; answer: string }> {
  const response = await post(`/api/lessons/${lesson}/answer`, { answer: String(answer) });
  expect(response.status).toBe(200);
  return (await response.json()) as { right: boolean; answer: string };
}

/** Expects that only one of these answers is right, and that the others are told so. */
async function expectRight(lesson: string, right: number, wrong: readonly number[]): Promise<void> {
  for (const answer of wrong) expect([answer, (await judged(lesson, answer)).right]).toEqual([answer, false]);
  expect([right, await judged(lesson, right)]).toMatchObject([right, { right: true }]);
}

const kafkaEnd = ({ kafka }: PipelineState) => kafka.partitions.reduce((sum, { end }) => sum + end, 0);

it(
  'partitions and order: the next event of the visitor goes where all others went',
  async () => {
    const { run } = await play('partitions-and-order');
    const ids = run.facts.flatMap(({ href }) => href?.split('/').at(-1) ?? []);
    expect(ids.length).toBeGreaterThanOrEqual(4);
    const query = 'SELECT "partition" FROM events WHERE order_id = ANY ($1::uuid[])';
    const { rows } = await database.query<{ partition: number }>(query, [ids]);
    expect(rows).toHaveLength(ids.length);
    const [partition = -1, ...others] = new Set(rows.map((row) => row.partition));
    expect(others).toEqual([]);
    const count = (await pipe()).kafka.partitions.length;
    const before = await number('SELECT count(*) AS value FROM events');
    await expectRight('partitions-and-order', partition, [(partition + 1) % count, count]);
    // Each answer has sent the event that it is about.
    await eventually(async () => (await number('SELECT count(*) AS value FROM events')) === before + 3);
  },
  LESSON_MS,
);

it(
  'lag and back-pressure: as many were on the way as the rows say that were appended and not stored yet',
  async () => {
    const { seen, since } = await play('lag-and-back-pressure');
    const lag = await number(
      `SELECT max(behind) AS value FROM (
         SELECT (SELECT count(*) FROM events WHERE (${since}) AND appended_at <= moment AND stored_at > moment) AS behind
         FROM (SELECT appended_at AS moment FROM events WHERE ${since}) AS moments
       ) AS moments`,
    );
    expect(lag).toBeGreaterThan(20);
    expect(seen.some(({ parts }) => parts.find(({ part }) => part === 'ingest')?.state === 'paused')).toBe(
      true,
    );
    await expectRight('lag-and-back-pressure', lag, [0, Math.ceil(lag * 2), Math.floor(lag / 2)]);
  },
  LESSON_MS,
);

it(
  'late data: the charts count a late event in the minute in which it happened',
  async () => {
    const { since } = await play('late-data');
    const late = `appended_at - "time" > interval '1 minute' AND ${since}`;
    expect(await number(`SELECT count(*) AS value FROM events WHERE ${late}`)).toBeGreaterThan(5);
    const uncounted = await number(
      `SELECT count(*) AS value FROM events WHERE ${late}
       AND date_trunc('minute', "time") NOT IN (SELECT minute FROM minute_counts)`,
    );
    expect(uncounted).toBe(0);
    await expectRight('late-data', 0, [1, 2]);
  },
  LESSON_MS,
);

it(
  'duplicates: what is in Kafka, and neither a row nor set aside, was there before',
  async () => {
    const { before, since } = await play('duplicates');
    const now = await pipe();
    const stored = await number(`SELECT count(*) AS value FROM events WHERE ${since}`);
    const repeated = kafkaEnd(now) - kafkaEnd(before) - stored;
    expect(stored).toBeGreaterThan(20);
    expect(repeated).toBeGreaterThan(2);
    await expectRight('duplicates', repeated, [repeated + 1, repeated - 1, 0]);
    expect((await judged('duplicates', repeated)).answer).toBe(String(repeated));
  },
  LESSON_MS,
);

it(
  'the outbox: as many waited as were seen to wait while Kafka was cut off, and all of them arrived',
  async () => {
    const { before, seen } = await play('outbox');
    const most = Math.max(...seen.map(({ outbox }) => outbox.waiting));
    expect(most).toBeGreaterThan(20);
    expect(
      seen.some(({ faults }) => faults.some(({ target, kind }) => target === 'kafka' && kind === 'cut')),
    ).toBe(true);
    await expectRight('outbox', most, [0, most * 2, Math.floor(most / 2)]);
    const now = await pipe();
    expect(now.outbox).toMatchObject({ waiting: 0, refused: before.outbox.refused });
    expect(now.ledger).toMatchObject({ missing: 0, whole: true });
  },
  LESSON_MS,
);

it(
  'a full outbox: as many were turned away as its count has grown by, and each that Kafka acknowledged is one row',
  async () => {
    const { before, seen, since } = await play('full-outbox');
    const now = await pipe();
    const turnedAway = now.outbox.turned_away - before.outbox.turned_away;
    expect(turnedAway).toBeGreaterThan(20);
    expect(seen.some(({ faults }) => faults.some(({ target }) => target === 'outbox'))).toBe(true);
    await expectRight('full-outbox', turnedAway, [0, turnedAway - 1, turnedAway + 1]);
    expect(now.outbox).toMatchObject({ waiting: 0, refused: before.outbox.refused });
    expect(now.ledger).toMatchObject({ missing: 0, whole: true });
    const acknowledged = now.outbox.acknowledged - before.outbox.acknowledged;
    const ids = await eventually(() => {
      const read = acknowledgedSince(before);
      return read.length >= acknowledged && read;
    });
    expect(ids).toHaveLength(acknowledged);
    // An order that the collector kept, but could not yet answer for, is sent again by its client: acknowledged twice, and one row.
    const query = `SELECT replace(order_id::text, '-', '') AS id FROM events WHERE ${since}`;
    const { rows } = await database.query<{ id: string }>(query);
    expect(rows.length).toBeGreaterThan(20);
    expect(rows.map(({ id }) => id).sort()).toEqual([...new Set(ids)].sort());
  },
  LESSON_MS,
);

it(
  'a bot surge: as many events of robots as rows say that they are one’s',
  async () => {
    const { since } = await play('bot-surge');
    const robots = await number(
      `SELECT count(*) AS value FROM events WHERE context -> 'bot' = 'true'::jsonb AND ${since}`,
    );
    expect(robots).toBeGreaterThan(10);
    await expectRight('bot-surge', robots, [0, robots + 1]);
  },
  LESSON_MS,
);

it(
  'a killed broker: nothing that it had acknowledged is missing',
  async () => {
    const { before } = await play('killed-broker');
    const ends = ({ parts }: PipelineState) => parts.find(({ part }) => part === 'broker')?.ends ?? 0;
    const now = await pipe();
    expect(ends(now) - ends(before)).toBe(2);
    expect(now.ledger).toMatchObject({ missing: 0, whole: true });
    await expectRight('killed-broker', 1, [0]);
  },
  LESSON_MS,
);

it('an answer that is no number, or a choice that is not there, is refused', async () => {
  for (const answer of ['many', '', '-1', '2']) {
    const response = await post('/api/lessons/killed-broker/answer', { answer });
    expect(response.status).toBe(400);
  }
});
