// What the pages and the API say of lessons: of all of them, of a run that another process has played, and of its answer; and what is
// refused.

import { randomUUID } from 'node:crypto';
import request from 'supertest';
import { beforeAll, expect, it } from 'vitest';
import { beginRun, keepRun, type NotedRun } from '../../src/lessons/run-store.ts';
import type { Ledger } from '../../src/pipeline/ledger.ts';
import { expectError, expectErrorPage } from '../support/answers.ts';
import { eventually, type Line, startLine } from '../support/line.ts';

let line: Line;
beforeAll(async () => {
  line = await startLine({ ingest: false });
});

const LEDGER: Ledger = {
  acknowledged: 1_234,
  stored: 1_200,
  repeated: 30,
  set_aside: 4,
  absent: 0,
  on_the_way: 0,
  missing: 0,
  whole: true,
};
const RUN: NotedRun = {
  began: Date.parse('2026-03-02T09:00:00.000Z'),
  visitor: '',
  group: 'nobody',
  ledger: LEDGER,
  ends: [],
  lagPeak: 100,
  outboxPeak: 60,
  turnedAwayBefore: 7,
  turnedAway: 42,
  visits: [],
  over: true,
  failure: undefined,
};

/** Has another process have played a lesson. */
async function played(lesson: string, changes: Partial<NotedRun> = {}): Promise<void> {
  const [id, run] = [randomUUID(), { ...RUN, ...changes }];
  await beginRun(line.pool, id, lesson, run);
  await keepRun(line.pool, id, run);
}
const runOf = async (lesson: string) =>
  (await request(line.url).get(`/api/lessons/${lesson}`).expect(200)).body;
const answer = (lesson: string, given: string) =>
  request(line.url).post(`/api/lessons/${lesson}/answer`).send({ answer: given });

it('the list of lessons has each with its title and what it is about, in the API as on the page', async () => {
  const { rows } = (await request(line.url).get('/api/lessons').expect(200)).body;
  expect(rows[0]).toEqual({
    lesson: 'delivery-guarantees',
    title: 'Delivery guarantees',
    about: expect.stringContaining('A reader is killed'),
  });
  expect(rows.at(-1)?.lesson).toBe('full-outbox');
  const { text } = await request(line.url).get('/lessons').expect(200);
  for (const { lesson, title } of rows) {
    expect(text).toContain(`href="/lessons/${lesson}"`);
    expect(text).toContain(`<h2>${title}</h2>`);
  }
});

it('a lesson that is not there is a 404 that names those that are', async () => {
  const response = await request(line.url).get('/api/lessons/luck');
  expectError(response, 404, 'not_found');
  expect(response.body.error.expected).toContain('duplicates, poison-messages');
  expectErrorPage(await request(line.url).get('/lessons/luck'), 404);
});

it('a lesson that nobody has played is idle, and can’t be answered', async () => {
  expect(await runOf('sessions')).toEqual({ state: 'idle', seconds: 0, lasts: 6, failure: null, facts: [] });
  const refused = await answer('sessions', '3');
  expectError(refused, 409, 'not_played');
  expect(refused.body.error.received).toBe('not started');
});

it('a run that still goes on, or was cut short, can’t be answered either, and says so', async () => {
  await played('duplicates', { over: false });
  expect(await runOf('duplicates')).toMatchObject({ state: 'running', failure: null });
  expect((await answer('duplicates', '3')).body.error.received).toBe('still running');
  await played('duplicates', { failure: 'Kafka does not answer' });
  expect(await runOf('duplicates')).toMatchObject({ state: 'failed', failure: 'Kafka does not answer' });
  expect((await answer('duplicates', '3')).body.error.received).toBe('Kafka does not answer');
});

it('a run tells what its question can’t be answered without: the ledger, and what a full outbox had turned away', async () => {
  await played('lag-and-back-pressure');
  const ledger = [
    { name: 'acknowledged when it began', value: '1,234', href: null },
    { name: 'stored then', value: '1,200', href: null },
    { name: 'repeated then', value: '30', href: null },
    { name: 'set aside then', value: '4', href: null },
  ];
  expect(await runOf('lag-and-back-pressure')).toMatchObject({ state: 'over', lasts: 18, facts: ledger });
  await played('full-outbox');
  const { facts } = await runOf('full-outbox');
  expect(facts).toEqual([...ledger, { name: 'turned away when it began', value: '7', href: null }]);
});

it('a run of visits lists each click with its event, and nothing of the ledger', async () => {
  const [first, second] = ['a'.repeat(32), 'b'.repeat(32)];
  const visits = [
    { orderId: first, time: '2026-03-02T08:00:00.000Z' },
    { orderId: second, time: '2026-03-02T08:40:01.500Z' },
  ];
  await played('partitions-and-order', { visits });
  expect((await runOf('partitions-and-order')).facts).toEqual([
    { name: 'click 1 of the visitor', value: '08:00:00 UTC', href: `/events/${first}` },
    { name: 'click 2 of the visitor', value: '08:40:01 UTC', href: `/events/${second}` },
  ]);
});

it('a run of readers names its group, which has nobody once they have left, as its answer says', async () => {
  await played('consumer-groups');
  const { facts } = await runOf('consumer-groups');
  expect(facts).toEqual([{ name: 'group nobody', value: expect.any(String), href: null }]);
  const refused = await answer('consumer-groups', '1');
  expectError(refused, 409, 'not_played');
  expect(refused.body.error.message).toBe('the readers of this run have left');
});

it.each([
  ['full-outbox', '42', true, '42'],
  ['full-outbox', '43', false, '42'],
  ['outbox', '79', true, '60 (within 34 %)'],
  ['outbox', '90', false, '60 (within 34 %)'],
  ['lag-and-back-pressure', '75', true, '100 (within 25 %)'],
])('the answer to %s of %s is judged by what was noted of the run', async (lesson, given, right, words) => {
  await played(lesson);
  const { body } = await answer(lesson, given).expect(200);
  expect(body).toEqual({ right, answer: words, explain: expect.any(String) });
  const page = await request(line.url).post(`/lessons/${lesson}`).type('form').send({ answer: given });
  expect(page.status).toBe(200);
  expect(page.text).toContain(`data-right="${right}"`);
  expect(page.text).toContain(`<strong>${words}</strong>`);
});

it('a lesson is started by the machine’s own clients alone, and fails at once where nobody keeps the parts that it kills', async () => {
  const start = (lesson: string) => request(line.url).post(`/api/lessons/${lesson}/start`);
  expectError(await start('delivery-guarantees').set('X-Forwarded-For', '203.0.113.9'), 403, 'local_only');
  expectError(await start('luck'), 404, 'not_found');
  const page = await request(line.url).get('/lessons/delivery-guarantees').expect(200);
  expect(page.text).toContain('The web part runs alone here');
  expect((await request(line.url).get('/lessons/sessions')).text).not.toContain('The web part runs alone');
  expect((await start('delivery-guarantees').expect(202)).body).toMatchObject({ state: 'running' });
  const failed = await eventually(async () => {
    const run = await runOf('delivery-guarantees');
    return run.state !== 'running' && run;
  });
  expect(failed).toMatchObject({ state: 'failed' });
  expect(failed.failure).toContain('the web part runs alone');
  expect(failed.seconds).toBeLessThan(failed.lasts);
});
