import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { loadFile } from '../../seed/load.ts';
import { AT_ONCE } from '../../src/consumer/pace.ts';
import { newId } from '../../src/events/ids.ts';
import { startLive } from '../../src/live/part.ts';
import { startWeb } from '../../src/web/part.ts';
import { replicaFile } from '../seed/support.ts';
import { anEvent } from '../support/events.ts';
import { eventually, type Line, startLine } from '../support/line.ts';
import { testLog } from '../support/log.ts';
import { freePort } from '../support/ports.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

type Bar = { readonly from: string; readonly sessions: number };
type Begun = { readonly user_id: string; readonly events: number };

let line: Line;

beforeAll(async () => {
  line = await startLine();
  const live = await startLive(line.config, testLog, AT_ONCE);
  return () => live.close();
});

const get = async (path: string) => {
  const response = await fetch(`${line.url}${path}`);
  return { status: response.status, text: await response.text() };
};
const json = async (path: string) => JSON.parse((await get(path)).text);

/** Asks a web part of its own, which has no answer of before. */
async function freshWeb(): Promise<typeof json> {
  const config = { ...line.config, PORT: await freePort(), DATA_DIR: temporaryFolder() };
  const web = await startWeb(config, testLog);
  onTestFinished(() => web.close());
  return async (path) => (await fetch(`http://127.0.0.1:${config.PORT}${path}`)).json();
}

const total = (rows: readonly { sessions: number }[]) =>
  rows.reduce((sum, { sessions }) => sum + sessions, 0);

async function post(times: readonly number[], visitor: string): Promise<void> {
  const events = times.map((time) => anEvent({ user_id: visitor, time: new Date(time).toISOString() }));
  const answer = await fetch(`${line.url}/api/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(events),
  });
  expect(answer.status).toBe(202);
}

it('the API counts each session once, in the half hour in which it began, and explains a visitor’s', async () => {
  const visitor = newId();
  const halfHour = Math.floor(Date.now() / 1_800_000) * 1_800_000;
  const begin = halfHour - 4 * 1_800_000;
  await post([begin, begin + 1_799_999, begin + 2 * 1_800_000], visitor);
  const rows = await eventually(async () => {
    const answer = await json('/api/sessions');
    return total(answer.rows) === 2 && answer.rows;
  });
  expect(rows).toHaveLength(16);
  const counted = rows.filter(({ sessions }: { sessions: number }) => sessions > 0);
  expect(counted.map(({ from }: { from: string }) => Date.parse(from))).toEqual([
    begin,
    begin + 2 * 1_800_000,
  ]);
  // The current one, which may have begun since the events were made.
  expect([halfHour, halfHour + 1_800_000]).toContain(Date.parse(rows[15].from));
  const { events } = await json(`/api/sessions/visitors/${visitor}`);
  expect(events.map(({ verdict }: { verdict: string }) => verdict)).toEqual([
    'first event: session 1',
    '29:59.999 < 30:00.000: still session 1',
    '30:00.001 ≥ 30:00.000: new session 2',
  ]);
  const csv = await fetch(`${line.url}/api/sessions?hours=1&format=csv`);
  expect((await csv.text()).split('\r\n')[0]).toBe('from,to,sessions');
});

it('a verification finds no difference, and names the session that was changed behind its back', async () => {
  await post([Date.now() - 1_000], newId());
  await eventually(async () => total((await json('/api/sessions')).rows) === 3);
  expect(await json('/api/sessions/verification')).toMatchObject({ differences: [], sessions: 3, events: 4 });
  await line.pool.query('UPDATE sessions SET events = 99 WHERE id = 1');
  const { differences } = await (await freshWeb())('/api/sessions/verification');
  expect(differences.map(({ only_in }: { only_in: string }) => only_in)).toEqual(['live', 'batch']);
}, 240_000);

it('the API answers for loaded files too, with bars, what began in one, and a visitor’s events, and counts them when they are asked', async () => {
  await loadFile({ pool: line.pool, log: testLog, file: await replicaFile(30_000) });
  const first = await json('/api/sessions?source=dataset');
  expect(first.meta.counting).toBe(true);
  const { rows, meta } = await eventually(async () => {
    const answer = await json('/api/sessions?source=dataset&from=2019-03-04');
    return !answer.meta.counting && answer;
  });
  expect(meta).toMatchObject({ extent: { from: '2019-01-01', to: '2019-06-01' }, time_zone: 'UTC' });
  expect(rows).toHaveLength(48);
  const bar = rows.toSorted((a: Bar, b: Bar) => b.sessions - a.sessions)[0];
  const begun = await json(`/api/sessions/begun?source=dataset&from=${bar.from}`);
  expect(begun.rows).toHaveLength(bar.sessions);
  const [session] = begun.rows.toSorted((a: Begun, b: Begun) => b.events - a.events);
  const { events } = await json(`/api/sessions/visitors/${session.user_id}?source=dataset`);
  const times = events.map(({ time }: { time: string }) => time);
  expect(times).toContain(session.started_at);
  expect(times).toContain(session.ended_at);
  expect(await json('/api/sessions/verification?source=dataset')).toMatchObject({
    source: 'dataset',
    events: 30_000,
    differences: [],
  });
  const csv = await get('/api/sessions?source=dataset&from=2019-03-04&format=csv');
  expect(csv.text.split('\r\n')[0]).toBe('from,to,sessions,single,events,duration_ms');
  expect((await json('/api/sessions/begun?from=2019-03-04T10:00:00.000Z')).rows).toEqual([]);
}, 240_000);

it.each([
  ['/api/sessions?hours=0', 400],
  ['/api/sessions?hours=169', 400],
  ['/api/sessions?hours=many', 400],
  ['/api/sessions?day=1', 400],
  ['/api/sessions?source=file', 400],
  ['/api/sessions?from=2019-03-04', 400],
  ['/api/sessions?source=dataset&hours=8', 400],
  ['/api/sessions?source=dataset&from=2019-03-04&to=2019-03-04', 400],
  ['/api/sessions?source=dataset&from=2019-01-01&to=2019-02-02', 400],
  ['/api/sessions?source=dataset&to=0001-01-01', 400],
  ['/api/sessions?source=dataset&from=9999-12-31', 400],
  ['/api/sessions/begun', 400],
  ['/api/sessions/begun?from=2019-03-04T10:10:00.000Z', 400],
  ['/api/sessions/verification?source=all', 400],
  ['/api/sessions/visitors/no-id', 400],
  [`/api/sessions/visitors/${'0'.repeat(32)}`, 404],
])('%s is answered with %i and in words', async (path, status) => {
  const answer = await get(path);
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.text).error.message).toMatch(/\w/);
});
