// What the page and the API show of definitions, out of a real database.

import { beforeAll, describe, expect, it } from 'vitest';
import { compile, FieldTable } from '../../../src/aggregator/core/plan.ts';
import { newState, step } from '../../../src/aggregator/core/step.ts';
import { checkValue } from '../../../src/aggregator/definition/read.ts';
import { noteFailure, saveDefinition } from '../../../src/aggregator/store/definitions.ts';
import {
  COUNTED,
  definitionOf,
  findDefinition,
  findResult,
  listDefinitions,
  listVersions,
  newestAsides,
  newestResults,
  readOpenSessions,
} from '../../../src/aggregator/store/overview.ts';
import { writeSessions } from '../../../src/aggregator/store/sessions.ts';
import { type Pool, transaction } from '../../../src/db/pool.ts';
import { migratedDatabase } from '../../support/database.ts';

let pool: Pool;
beforeAll(async () => {
  ({ pool } = await migratedDatabase());
});

const HOUR = 3_600_000;
const T0 = Date.UTC(2026, 0, 1);

/** Saves a definition; its plan. */
async function save(name: string, changes: object = {}) {
  const definition = checkValue({
    name,
    group: { fields: ['user'] },
    aggregate: [{ field: 'n', operation: 'SUM' }],
    flush: { by: 'TIMEOUT', timeout: { type: 'HOUR', hours: 1 } },
    ...changes,
  });
  const version = await transaction(pool, (client) => saveDefinition(client, definition));
  const fields = new FieldTable();
  return { plan: compile(definition, version, fields), names: fields.names };
}

/** Opens a session for each user, an hour after the other. */
async function open({ plan, names }: Awaited<ReturnType<typeof save>>, ...users: string[]): Promise<void> {
  const state = newState(plan, 'real-time');
  for (const [at, user] of users.entries()) {
    const cells = names.map((name) => (name === 'n' ? '9007199254740993' : user));
    const now = T0 + at * HOUR;
    step(state, { cells, source: 't/0', position: at, at: now }, now);
  }
  await transaction(pool, (client) => writeSessions(client, state));
}

const flush = (name: string, ids: readonly string[]) =>
  pool.query(
    `INSERT INTO aggregator_results (id, definition, row, flushed_at)
     SELECT id, $1, '{"n":9007199254740993.10}', to_timestamp($3 / 1000.0) + make_interval(secs => at) FROM unnest($2::text[]) WITH ORDINALITY AS of (id, at)`,
    [name, ids, T0],
  );
const setAside = (name: string, count: number) =>
  pool.query(
    `INSERT INTO aggregator_set_aside (definition, source, position, field, message)
     SELECT $1, 't/0', n, 'n', '"\\u0000"' FROM generate_series(1, $2) AS n`,
    [name, count],
  );

describe('definitions', () => {
  it('definitions are listed by name, with what they have open, flushed and set aside', async () => {
    const one = await save('beta');
    await save('alpha');
    await open(one, 'A', 'B');
    await flush('beta', ['b-1', 'b-2']);
    await setAside('beta', 3);
    await noteFailure(pool, 'beta', 'Kafka is away');
    expect(await listDefinitions(pool)).toMatchObject([
      { name: 'alpha', open: 0, results: 0, set_aside: 0, last_flush: null, failure: null, failed_at: null },
      {
        name: 'beta',
        version: 1,
        paused: false,
        failure: 'Kafka is away',
        failed_at: expect.any(Date),
        grouping: '[["user"],[]]',
        body: { name: 'beta' },
        open: 2,
        results: 2,
        set_aside: 3,
        last_flush: new Date(T0 + 2_000),
      },
    ]);
    expect(await findDefinition(pool, 'beta')).toEqual((await listDefinitions(pool))[1]);
    expect(await findDefinition(pool, 'gamma')).toBeUndefined();
  });

  it('only the sessions of the grouping in force are open; those that are asleep are counted by version', async () => {
    await open(await save('sleeps'), 'A', 'B', 'C');
    await open(await save('sleeps', { group: { fields: ['shop'] } }), 'S');
    const counts = async () => {
      const versions = await listVersions(pool, 'sleeps');
      return [
        (await findDefinition(pool, 'sleeps'))?.open,
        ...versions.map(({ version, sessions }) => `${version}: ${sessions}`),
      ];
    };
    expect(await counts()).toEqual([1, '2: 1', '1: 3']);
    await save('sleeps');
    expect(await counts()).toEqual([3, '3: 3', '2: 1', '1: 3']);
    expect(await listVersions(pool, 'nothing')).toEqual([]);
  });

  it('counts go no further than one more than what is told exactly', async () => {
    await save('many');
    await setAside('many', COUNTED);
    expect((await findDefinition(pool, 'many'))?.set_aside).toBe(COUNTED);
    await setAside('many', 100);
    expect((await findDefinition(pool, 'many'))?.set_aside).toBe(COUNTED + 1);
  });

  it('a body that this program can not read is none', async () => {
    await save('read');
    expect(definitionOf((await findDefinition(pool, 'read'))?.body)?.name).toBe('read');
    for (const body of [undefined, null, 'text', { of: 'a newer program' }])
      expect(definitionOf(body)).toBeUndefined();
  });
});

describe('open sessions', () => {
  const usersOf = async (name: string, most: number) =>
    (await readOpenSessions(pool, name, most)).map(({ group: [user], plan, accumulators, count }) => [
      ...[user, plan.version, accumulators[0]?.result(count)],
    ]);

  it('open sessions come by when they are due, each with the aggregates of its own version and all digits', async () => {
    await open(await save('due'), 'B', 'A');
    const later = await save('due', { aggregate: [{ field: 'n', operation: 'MAX' }] });
    await open(later, 'first');
    const sum = '9007199254740993';
    const all = [
      ['B', 1, sum],
      ['first', 2, sum],
      ['A', 1, sum],
    ];
    const found = await usersOf('due', 10);
    expect(found.slice(0, 2).sort()).toEqual(all.slice(0, 2).sort());
    expect(found.slice(2)).toEqual(all.slice(2));
    expect(await usersOf('due', 1)).toHaveLength(1);
    expect(await usersOf('nothing', 10)).toEqual([]);
  });

  it('sessions that are asleep are not among them', async () => {
    await open(await save('asleep'), 'A');
    await save('asleep', { group: { fields: ['shop'] } });
    expect(await usersOf('asleep', 10)).toEqual([]);
  });
});

describe('pages', () => {
  it('flushed rows come page after page, the newest first, as text with all digits', async () => {
    await save('pages');
    await save('other');
    await flush('pages', ['p-1', 'p-2', 'p-3', 'p-4', 'p-5']);
    await flush('other', ['o-1']);
    const pages: string[][] = [];
    for (let before: number | undefined; ; ) {
      const page = await newestResults(pool, 'pages', 2, before);
      if (page.length === 0) break;
      pages.push(page.map(({ id }) => id));
      before = page.at(-1)?.seq;
    }
    expect(pages).toEqual([['p-5', 'p-4'], ['p-3', 'p-2'], ['p-1']]);
    expect(await findResult(pool, 'pages', 'p-3')).toMatchObject({
      id: 'p-3',
      row: '{"n":9007199254740993.10}',
      flushed_at: new Date(T0 + 3_000),
      run: null,
    });
    expect(await findResult(pool, 'other', 'p-3')).toBeUndefined();
  });

  it('records set aside come page after page, the newest first', async () => {
    await save('asides');
    await setAside('asides', 3);
    const first = await newestAsides(pool, 'asides', 2, undefined);
    expect(first.map(({ position }) => position)).toEqual([3, 2]);
    const rest = await newestAsides(pool, 'asides', 2, first.at(-1)?.seq);
    expect(rest).toMatchObject([
      { source: 't/0', position: 1, field: 'n', message: '\u0000', at: expect.any(Date) },
    ]);
    expect(await newestAsides(pool, 'asides', 2, rest[0]?.seq)).toEqual([]);
  });
});
