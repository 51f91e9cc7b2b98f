// The aggregator's API and forms over HTTP: what is answered, what is refused and where, and for whom.

import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { readDefinition } from '../../src/aggregator/definition/read.ts';
import { saveDefinition } from '../../src/aggregator/store/definitions.ts';
import { lockRuns } from '../../src/aggregator/store/runs.ts';
import { transaction } from '../../src/db/pool.ts';
import { eventually, type Line, startLine } from '../support/line.ts';

const PRINTS = {
  name: 'prints',
  group: { fields: ['subscriber'] },
  aggregate: [{ field: 'sheets', operation: 'SUM' }],
  flush: {
    by: 'TIMEOUT',
    timeout: { type: 'MONTH', day: 31, time: '02:30', zone: 'Europe/Berlin' },
    conditions: [{ name: '70 sheets', aggregate: 'sum_sheets', operator: '>=', value: 70 }],
  },
} as const;

let line: Line;
let api: ReturnType<typeof request>;
beforeAll(async () => {
  line = await startLine({ ingest: false });
  api = request(line.url);
  const producer = line.kafka.producer();
  await producer.connect();
  const values = [
    { subscriber: 'Ada', sheets: 68, at: '2026-11-29T12:00:00.000Z', colour: true },
    { subscriber: 'Bob', sheets: '70', box: { size: 1 } },
    { subscriber: 'Eve', sheets: 'many' },
  ];
  await producer.send({
    topic: 'sheets',
    messages: values.map((value) => ({ value: JSON.stringify(value) })),
  });
  await producer.disconnect();
});

const save = (definition: object) => api.post('/api/aggregator/definitions').send(definition);

describe('definitions by the API', () => {
  it('definitions are saved by the API, a new version only where they differ, and told with their calendar and sleeping groupings', async () => {
    expect((await save(PRINTS).expect(200)).body).toEqual({ name: 'prints', version: 1 });
    expect((await save(PRINTS).expect(200)).body.version).toBe(1);
    await line.pool.query(
      `INSERT INTO aggregator_sessions (definition, grouping, key, version, state, updated_at, updated_day)
       SELECT 'prints', grouping, '["Ada"]', 1, '[]', now(), current_date FROM aggregator_versions WHERE definition = 'prints'`,
    );
    const grouped = { ...PRINTS, group: { fields: ['shop'] } };
    expect((await save(grouped).expect(200)).body.version).toBe(2);
    const { body } = await api.get('/api/aggregator/definitions/prints').expect(200);
    expect(body).toMatchObject({ state: 'files', version: 2, open_sessions: 0, topic: null });
    expect(body.next_flushes).toHaveLength(5);
    expect(body.versions).toMatchObject([
      { version: 2, sessions: 0, asleep: false },
      { version: 1, sessions: 1, asleep: true },
    ]);
    await save(PRINTS).expect(200);
    const back = await api.get('/api/aggregator/definitions/prints').expect(200);
    expect(back.body).toMatchObject({ version: 3, open_sessions: 1 });
    await line.pool.query('DELETE FROM aggregator_sessions');
  });

  it('a definition with faults is refused with every one at its place', async () => {
    const { body } = await save({
      ...PRINTS,
      topic: 'x',
      group: { fields: [] },
      flush: { by: 'END_OF_STREAM' },
    }).expect(400);
    expect(body.error).toMatchObject({
      code: 'definition',
      problems: [{ pointer: '/group/fields', message: expect.stringContaining('at least one field') }],
    });
    const real = await save({ ...PRINTS, topic: 'x', flush: { by: 'END_OF_STREAM' } }).expect(400);
    expect(real.body.error.problems).toMatchObject([{ pointer: '/flush/by' }]);
    await api.post('/api/aggregator/definitions').type('text').send('name: x').expect(415);
    await api.get('/api/aggregator/definitions/nothing').expect(404);
    await api.get('/api/aggregator/definitions/__proto__').expect(404);
  });

  it('a definition can be paused and let go on', async () => {
    await save({ ...PRINTS, name: 'live', topic: 'elsewhere' }).expect(200);
    await api.post('/api/aggregator/definitions/live/pause').expect(204);
    expect((await api.get('/api/aggregator/definitions/live')).body.state).toBe('paused');
    await api.post('/api/aggregator/definitions/live/resume').expect(204);
    expect((await api.get('/api/aggregator/definitions/live')).body.state).toBe('active');
    await api.post('/api/aggregator/definitions/nothing/pause').expect(404);
  });
});

describe('a definition that is deleted', () => {
  const open = (name: string, keys: readonly string[]) =>
    line.pool.query(
      `INSERT INTO aggregator_sessions (definition, grouping, key, version, state, updated_at, updated_day)
       SELECT $1, grouping, key, 1, '[]', now(), current_date
       FROM aggregator_versions, unnest($2::text[]) AS key WHERE definition = $1`,
      [name, keys],
    );
  const left = async (name: string) => {
    const { rows } = await line.pool.query(
      `SELECT (SELECT count(*) FROM aggregator_versions WHERE definition = $1) AS versions,
         (SELECT count(*) FROM aggregator_sessions WHERE definition = $1) AS sessions,
         (SELECT count(*) FROM aggregator_results WHERE definition = $1) AS results`,
      [name],
    );
    return rows[0];
  };

  it('a definition is deleted with all that Postgres has of it; open sessions, asleep too, only where that is said', async () => {
    await save({ ...PRINTS, name: 'gone' }).expect(200);
    await save({ ...PRINTS, name: 'kept' }).expect(200);
    await open('gone', ['["Ada"]', '["Bob"]']);
    await open('kept', ['["Eve"]']);
    await save({ ...PRINTS, name: 'gone', group: { fields: ['shop'] } }).expect(200);
    await line.pool.query(
      `INSERT INTO aggregator_results (id, definition, row, flushed_at) VALUES ('gone-1', 'gone', '{}', now())`,
    );
    const { body } = await api.post('/api/aggregator/definitions/gone/delete').expect(409);
    expect(body.error).toMatchObject({ code: 'open_sessions', received: '2 open sessions' });
    expect(await left('gone')).toEqual({ versions: 2, sessions: 2, results: 1 });
    await api.post('/api/aggregator/definitions/gone/delete?open_sessions=keep').expect(400);
    await api.post('/api/aggregator/definitions/gone/delete?open_sessions=discard').expect(204);
    expect(await left('gone')).toEqual({ versions: 0, sessions: 0, results: 0 });
    expect(await left('kept')).toEqual({ versions: 1, sessions: 1, results: 0 });
    await api.post('/api/aggregator/definitions/gone/delete').expect(404);
    await line.pool.query("DELETE FROM aggregator_definitions WHERE name = 'kept'");
  });

  it('a page asks before a definition is deleted, says what goes, and says it again where that has changed', async () => {
    await save({ ...PRINTS, name: 'asked' }).expect(200);
    const page = '/aggregator/definitions/asked/delete';
    expect((await api.get(page).expect(200)).text).toContain('No session is open.');
    await open('asked', ['["Ada"]']);
    const again = await api.post(page).type('form').send({}).expect(409);
    expect(again.text).toContain('It was not deleted');
    expect(again.text).toContain('Delete, with 1 open session');
    await api
      .post(page)
      .type('form')
      .send({ open_sessions: 'discard' })
      .expect(303)
      .expect('Location', '/aggregator');
    await api.get('/aggregator/definitions/asked').expect(404);
  });

  it('a definition is not deleted while a run over its files is at work', async () => {
    await save({ ...PRINTS, name: 'at-work' }).expect(200);
    const client = await line.pool.connect();
    expect(await lockRuns(client, 'at-work', 'connection')).toBe(true);
    const { body } = await api.post('/api/aggregator/definitions/at-work/delete').expect(409);
    expect(body.error.code).toBe('run_at_work');
    client.release(true);
    await eventually(
      async () => (await api.post('/api/aggregator/definitions/at-work/delete')).status === 204,
    );
  });
});

describe('what a topic has', () => {
  it("a topic's records are told as fields with their types; a topic that is not there has none, and is not made", async () => {
    const { body } = await api.get('/api/aggregator/fields?topic=sheets').expect(200);
    expect(body.rows).toEqual([
      { name: 'subscriber', types: ['text'], example: '"Eve"', records: 3 },
      { name: 'sheets', types: ['number', 'text'], example: '"many"', records: 3 },
      { name: 'at', types: ['time'], example: '"2026-11-29T12:00:00.000Z"', records: 1 },
      { name: 'colour', types: ['boolean'], example: 'true', records: 1 },
      { name: 'box', types: ['object'], example: '{"size":1}', records: 1 },
    ]);
    expect((await api.get('/api/aggregator/fields?topic=nothing').expect(200)).body.rows).toEqual([]);
    await api.get('/api/aggregator/fields').expect(400);
    await api.get('/api/aggregator/fields?topic=a/b').expect(400);
  });

  it("a definition is previewed with a topic's records, beside what the saved one would do", async () => {
    const { body } = await api
      .post('/api/aggregator/preview')
      .send({ definition: { ...PRINTS, name: 'new' }, topic: 'sheets' })
      .expect(200);
    expect(body).toMatchObject({
      records: 3,
      flushed: [
        { subscriber: 'Bob', sum_sheets: 70, meta: { flush_type: 'CONDITION', condition: '70 sheets' } },
      ],
      open: [{ subscriber: 'Ada', meta: { progress: [{ has: '68', wants: '70', operator: '>=' }] } }],
      set_aside: [{ message: expect.stringContaining('"many"') }],
      changed: null,
    });
    const lower = {
      ...PRINTS,
      flush: { ...PRINTS.flush, conditions: [{ ...PRINTS.flush.conditions[0], value: 60 }] },
    };
    const changed = await api.post('/api/aggregator/preview').send({ definition: lower, topic: 'sheets' });
    expect(changed.body).toMatchObject({ open: [], changed: { added: 1, gone: 0 } });
  });

  it('a preview takes a file in place of the topic', async () => {
    const definition = { ...PRINTS, flush: { by: 'END_OF_STREAM' } };
    const send = (file: unknown) => api.post('/api/aggregator/preview').send({ definition, file });
    const { body } = await send({ name: 'a.csv', text: 'subscriber,sheets\nA,1\nA,2\nB,x\n' }).expect(200);
    expect(body).toMatchObject({ records: 3, flushed: [{ subscriber: 'A', sum_sheets: 3 }], open: [] });
    expect(body.set_aside).toMatchObject([{ place: 'a.csv:4' }]);
    await send({ name: 'a.exe', text: '' }).expect(400);
    await send({ name: '../../etc/passwd', text: '' }).expect(400);
    await send(undefined).expect(400);
  });
});

describe('who may see and change definitions', () => {
  it('definitions are seen and changed by the admin alone, and by no page of another site', async () => {
    const guarded = await startLine({ ingest: false, settings: { ADMIN_PASSWORD: 'a long secret' } });
    await transaction(guarded.pool, (client) =>
      saveDefinition(client, readDefinition(JSON.stringify(PRINTS))),
    );
    for (const path of ['/aggregator', '/api/aggregator/definitions', '/api/aggregator/stream'])
      await request(guarded.url).get(path).set('Accept', 'application/json').expect(401);
    await request(guarded.url).get('/aggregator').set('Accept', 'text/html').expect(303);
    await request(guarded.url).post('/api/aggregator/definitions').send(PRINTS).expect(401);
    await request(guarded.url).post('/aggregator/definitions/prints/pause').type('form').send({}).expect(401);
    const { rows } = await guarded.pool.query('SELECT paused FROM aggregator_definitions');
    expect(rows).toEqual([{ paused: false }]);
    await request(guarded.url).get('/api/aggregator/definitions').auth('any', 'a long secret').expect(200);
    for (const path of [
      '/aggregator/new',
      '/api/aggregator/definitions',
      '/aggregator/definitions/prints/pause',
    ])
      await request(guarded.url)
        .post(path)
        .auth('any', 'a long secret')
        .set('Origin', 'https://example.org')
        .type('form')
        .send({})
        .expect(403);
  });
});

describe('the form', () => {
  const post = (fields: Readonly<Record<string, string>>) =>
    api.post('/aggregator/new').type('form').send(fields);

  it('the form takes no harm from names and values that no form sends', async () => {
    await post({
      do: 'save',
      '__proto__.0.field': 'x',
      'constructor.0.field': 'y',
      'group.99.field': 'z',
    }).expect(400);
    await post({ do: 'add-__proto__' }).expect(400);
    await post({ do: 'remove-group-7', 'group.0.field': 'a' }).expect(200);
    await api.post('/aggregator/new').send({}).expect(415);
    const shown = await post({ do: 'fields', name: '"><script>alert(1)</script>' }).expect(200);
    expect(shown.text).not.toContain('<script>alert');
  });

  it('the form is filled from a pasted definition, or its fault is told with its line', async () => {
    const text =
      'name: pasted\ngroup: { fields: [a, b] }\naggregate: [{ operation: COUNT }]\nflush: { by: END_OF_STREAM }';
    const filled = await post({ do: 'text', text }).expect(200);
    expect(filled.text).toContain('value="pasted"');
    const broken = await post({ do: 'text', text: text.replace('COUNT', 'COUNTS') }).expect(200);
    expect(broken.text).toMatch(/line 3, column \d+: received &#34;COUNTS&#34;/);
  });

  it('the form does not make a definition of a name that is taken', async () => {
    await save({ ...PRINTS, name: 'taken' }).expect(200);
    const again = await post({
      do: 'save',
      name: 'taken',
      by: 'END_OF_STREAM',
      'group.0.field': 'a',
      'aggregate.0.field': '',
      'aggregate.0.operation': 'COUNT',
    }).expect(400);
    expect(again.text).toContain('received the name of another definition');
  });
});
