// What the page and the API do with definitions, on a real database and a real broker.

import { beforeAll, describe, expect, it } from 'vitest';
import { DefinitionError } from '../../src/aggregator/definition/problem.ts';
import { checkValue } from '../../src/aggregator/definition/read.ts';
import { Definitions, refused } from '../../src/aggregator/definitions.ts';
import { lockRuns, unlockRuns } from '../../src/aggregator/store/runs.ts';
import { TopicReader } from '../../src/consumer/topic-reader.ts';
import type { Pool } from '../../src/db/pool.ts';
import { afterFile } from '../support/after-file.ts';
import { testKafka } from '../support/kafka.ts';
import { freePort } from '../support/ports.ts';
import { startTopics } from './realtime/on-topics.ts';

let topics: Awaited<ReturnType<typeof startTopics>>;
let pool: Pool;
let definitions: Definitions;
beforeAll(async () => {
  topics = await startTopics();
  ({ pool } = topics);
  const reader = new TopicReader(topics.kafka);
  afterFile(() => reader.close());
  definitions = new Definitions(pool, reader);
});

const body = (name: string, changes: object = {}) => ({
  name,
  group: { fields: ['user'] },
  aggregate: [{ field: 'n', operation: 'SUM' }],
  flush: { by: 'TIMEOUT', timeout: { type: 'HOUR', hours: 1 } },
  ...changes,
});
const MAX = { aggregate: [{ field: 'n', operation: 'MAX' }] };
const messageOf = (saving: Promise<unknown>) =>
  saving.then(
    () => undefined,
    (error) => error.problems?.[0]?.message as string,
  );
const open = (name: string, key = '["A"]') =>
  pool.query(
    `INSERT INTO aggregator_sessions (definition, grouping, key, version, state, updated_at, updated_day)
     VALUES ($1, 'any', $2, 1, '[]', now(), current_date)`,
    [name, key],
  );
/** No definition: of text that Postgres can not keep, and of what is no text. */
const NO_NAMES = ['nothing', '', 'a\0b', '\ud800', undefined, 7, ['a']];

describe('a definition that is saved', () => {
  it('a definition is saved by who has seen its version in force, and by whoever does not care', async () => {
    expect(await definitions.save(body('edited'), 0)).toEqual({ name: 'edited', version: 1 });
    expect(await definitions.save(body('edited', MAX), 1)).toEqual({ name: 'edited', version: 2 });
    expect(await messageOf(definitions.save(body('edited'), 1))).toMatch(
      /version 1, expected .*2.* saved meanwhile/,
    );
    expect(await messageOf(definitions.save(body('edited'), 0))).toBe(
      'received the name of another definition, expected a new one',
    );
    expect(await messageOf(definitions.save(body('unknown'), 3))).toMatch(/version 3/);
    expect(await definitions.save(body('edited'))).toEqual({ name: 'edited', version: 3 });
    expect((await definitions.find('edited')).version).toBe(3);
  });

  it('of two that make a definition of one name at once, one is told that it is taken', async () => {
    const saved = await Promise.all(
      [body('raced'), body('raced', MAX)].map((one) => messageOf(definitions.save(one, 0))),
    );
    expect(saved.filter((message) => message === undefined)).toHaveLength(1);
    expect((await definitions.find('raced')).version).toBe(1);
  });

  it('a definition with faults is refused with every one of them, and nothing is saved', async () => {
    const faulty = body('faulty', { group: { fields: [] }, flush: { by: 'NEVER' } });
    const error = await definitions.save(faulty).catch((refusal) => refusal);
    expect(error).toBeInstanceOf(DefinitionError);
    expect(refused(error)).toMatchObject({
      status: 400,
      code: 'definition',
      details: {
        problems: [
          { pointer: '/group/fields', suggestion: null },
          { pointer: '/flush/by', suggestion: null },
        ],
      },
    });
    await expect(definitions.find('faulty')).rejects.toMatchObject({ status: 404 });
  });

  it('an older version is saved again as a new one', async () => {
    await definitions.save(body('restored'));
    await definitions.save(body('restored', MAX));
    expect(await definitions.restore('restored', 1)).toEqual({ name: 'restored', version: 3 });
    expect((await definitions.find('restored')).body).toEqual(body('restored'));
    await expect(definitions.restore('restored', 4)).rejects.toMatchObject({
      status: 404,
      message: expect.stringContaining('restored has no such version'),
    });
    await expect(definitions.restore('nothing', 1)).rejects.toMatchObject({ status: 404 });
  });
});

describe('a name of no definition', () => {
  it('a name of no definition is not found, whatever it is', async () => {
    await definitions.save(body('known'));
    for (const name of NO_NAMES) {
      const missing = expect.objectContaining({ status: 404 });
      await expect(definitions.find(name)).rejects.toEqual(missing);
      await expect(definitions.pause(name, true)).rejects.toEqual(missing);
      await expect(definitions.delete(name, true)).rejects.toEqual(missing);
      await expect(definitions.result(name, 'x')).rejects.toEqual(missing);
      await expect(definitions.result('known', name)).rejects.toEqual(missing);
    }
  });
});

describe('a definition that is paused or deleted', () => {
  it('a definition is paused and goes on', async () => {
    await definitions.save(body('paused', { topic: 't' }));
    await definitions.pause('paused', true);
    expect((await definitions.find('paused')).paused).toBe(true);
    await definitions.pause('paused', false);
    expect((await definitions.find('paused')).paused).toBe(false);
  });

  it('a definition with open sessions, of whatever grouping, is deleted only where they are given up', async () => {
    await definitions.save(body('open'));
    await open('open');
    await expect(definitions.delete('open', false)).rejects.toMatchObject({
      status: 409,
      code: 'open_sessions',
      details: { received: '1 open sessions' },
    });
    await definitions.delete('open', true);
    await expect(definitions.find('open')).rejects.toMatchObject({ status: 404 });
  });

  it('a definition is not deleted under a run over its files', async () => {
    await definitions.save(body('run'));
    const client = await pool.connect();
    await lockRuns(client, 'run', 'connection');
    await expect(definitions.delete('run', true)).rejects.toMatchObject({ status: 409, code: 'run_at_work' });
    await unlockRuns(client, 'run');
    client.release();
    await definitions.delete('run', false);
  });
});

describe('records', () => {
  beforeAll(async () => {
    const values = [
      { user: 'A', n: 1 },
      { user: 'A', n: 5 },
      { user: 'B', n: 2 },
    ];
    await topics.send(
      'clicks',
      values.map((value) => JSON.stringify(value)),
    );
  });
  const byEnd = (name: string, changes: object = {}) =>
    checkValue(body(name, { flush: { by: 'END_OF_STREAM' }, ...changes }));
  const totals = async (name: string, changes?: object) => {
    const { preview, changed } = await definitions.preview(byEnd(name, changes), { topic: 'clicks' });
    const rows = preview.flushed.map(({ session: { group, accumulators, count } }) => [
      ...[group[0], accumulators[0]?.result(count)],
    ]);
    return { rows, changed: changed && [changed.added.size, changed.gone.length] };
  };

  it('topics and their fields are known; a topic that does not exist has none', async () => {
    expect(await definitions.topics()).toContain('clicks');
    expect((await definitions.fields('clicks')).map(({ name }) => name)).toEqual(['user', 'n']);
    expect(await definitions.fields('nothing')).toEqual([]);
  });

  it('a definition is previewed over a topic, beside the saved one where that differs', async () => {
    const sums = [
      ['A', '6'],
      ['B', '2'],
    ];
    expect(await totals('previewed')).toEqual({ rows: sums, changed: undefined });
    await definitions.save(byEnd('previewed'));
    expect(await totals('previewed')).toEqual({ rows: sums, changed: undefined });
    expect(await totals('previewed', MAX)).toMatchObject({ changed: [2, 2] });
    // Nothing of it is stored.
    expect((await definitions.find('previewed')).version).toBe(1);
    await pool.query(
      `UPDATE aggregator_versions SET body = '{"of": "a newer program"}' WHERE definition = 'previewed'`,
    );
    expect(await totals('previewed', MAX)).toMatchObject({ changed: undefined });
  });

  it('a file that can not be read is told as what is wrong with the request', async () => {
    const preview = (name: string, text: string) =>
      definitions.preview(byEnd('file'), { file: { name, text } });
    expect((await preview('a.csv', 'user,n\nA,1\n')).preview.flushed).toHaveLength(1);
    for (const [name, text] of [
      ['a.exe', ''],
      ['a.csv', 'user,user\n'],
    ] as const)
      await expect(preview(name, text)).rejects.toMatchObject({
        status: 400,
        message: expect.stringMatching(/^the file: received /),
        details: { received: name },
      });
  });

  it('a flushed row is found with its definition and the records behind it', async () => {
    await definitions.save(body('found', { topic: 'clicks' }));
    const meta = { id: 'row', version: 1, count: 1, sources: ['clicks/1:0'], sources_exact: true };
    await pool.query(
      `INSERT INTO aggregator_results (id, definition, row, flushed_at) VALUES ('row', 'found', $1, now())`,
      [JSON.stringify({ user: 'A', sum_n: 5, meta })],
    );
    const { definition, result, provenance } = await definitions.result('found', 'row');
    expect([definition.name, result.id]).toEqual(['found', 'row']);
    expect(provenance.records.map(({ value }) => String(value))).toEqual(['{"user":"A","n":5}']);
    await definitions.save(body('other'));
    await expect(definitions.result('other', 'row')).rejects.toMatchObject({ status: 404 });
  });

  it('what needs Kafka says when to come again while that is away', async () => {
    const reader = new TopicReader(testKafka(await freePort()));
    const without = new Definitions(pool, reader);
    const away = expect.objectContaining({
      status: 503,
      code: 'kafka',
      message: expect.stringMatching(/^Kafka is away: /),
    });
    await expect(without.topics()).rejects.toEqual(away);
    await expect(without.fields('clicks')).rejects.toEqual(away);
    await expect(without.preview(byEnd('away'), { topic: 'clicks' })).rejects.toEqual(away);
    // A file needs none.
    const file = { name: 'a.csv', text: 'user,n\nA,1\n' };
    expect((await without.preview(byEnd('away'), { file })).preview.records).toBe(1);
  });
});
