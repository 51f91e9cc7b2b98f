// Definitions in a real database: versions, what is announced of them, which of them run, and what is left of a deleted one.

import pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkValue } from '../../../src/aggregator/definition/read.ts';
import {
  DEFINITIONS_CHANNEL,
  deleteDefinition,
  groupOf,
  holdDefinition,
  noteFailure,
  pauseDefinition,
  readLiveDefinitions,
  readPlans,
  readRevision,
  saveDefinition,
  topicOf,
} from '../../../src/aggregator/store/definitions.ts';
import { CHANGE_CHANNEL } from '../../../src/db/change.ts';
import { type Pool, transaction } from '../../../src/db/pool.ts';
import { afterFile } from '../../support/after-file.ts';
import { migratedDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';

let url: string;
let pool: Pool;
beforeAll(async () => {
  ({ url, pool } = await migratedDatabase());
});

const definition = (name: string, changes: object = {}) =>
  checkValue({
    name,
    topic: 't',
    group: { fields: ['user'] },
    aggregate: [{ field: 'n', operation: 'SUM' }],
    flush: { by: 'TIMEOUT', timeout: { type: 'HOUR', hours: 1 } },
    ...changes,
  });
const save = (name: string, changes?: object) =>
  transaction(pool, (client) => saveDefinition(client, definition(name, changes)));

const stored = async (name: string) => {
  const { rows } = await pool.query(
    'SELECT version, paused, failure, failed_at IS NOT NULL AS failed FROM aggregator_definitions WHERE name = $1',
    [name],
  );
  return rows[0];
};

describe('a definition that is saved', () => {
  it('a definition has a new version where it differs from the one in force, also from one of before', async () => {
    const max = { aggregate: [{ field: 'n', operation: 'MAX' }] };
    const versions = [
      await save('versions'),
      await save('versions'),
      await save('versions', max),
      await save('versions', max),
      await save('versions'),
    ];
    expect(versions).toEqual([1, 1, 2, 2, 3]);
    const { rows } = await pool.query(
      `SELECT version, body -> 'aggregate' -> 0 ->> 'operation' AS operation, grouping
       FROM aggregator_versions WHERE definition = 'versions' ORDER BY version`,
    );
    const grouping = '[["user"],[]]';
    expect(rows).toEqual([
      { version: 1, operation: 'SUM', grouping },
      { version: 2, operation: 'MAX', grouping },
      { version: 3, operation: 'SUM', grouping },
    ]);
  });

  it('a new version takes back what was noted of a failure, and a definition that is the same does not', async () => {
    await save('failed');
    await noteFailure(pool, 'failed', 'Kafka is away');
    await save('failed');
    expect(await stored('failed')).toMatchObject({ failure: 'Kafka is away', failed: true });
    await save('failed', { description: 'another' });
    expect(await stored('failed')).toMatchObject({ version: 2, failure: null, failed: false });
  });

  it('two that save a definition at once make one version after the other', async () => {
    const saved = await Promise.all(
      [1, 2, 3, 4].map((hours) =>
        save('at-once', { flush: { by: 'TIMEOUT', timeout: { type: 'HOUR', hours } } }),
      ),
    );
    expect(saved.sort()).toEqual([1, 2, 3, 4]);
  });

  it('a definition that is made again under the name of a deleted one goes on with later revisions', async () => {
    const revision = () => transaction(pool, (client) => readRevision(client, 'anew'));
    expect(await revision()).toBe(0);
    await save('anew');
    await pool.query("UPDATE aggregator_definitions SET revision = revision + 1 WHERE name = 'anew'");
    const before = await revision();
    await transaction(pool, (client) => deleteDefinition(client, 'anew'));
    await eventually(async () => Date.now() > before);
    await save('anew');
    expect(await revision()).toBeGreaterThan(before);
  });
});

describe('what is announced', () => {
  it('processes and open pages hear of a definition that is saved, paused or deleted, and pages of its failure', async () => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    afterFile(() => client.end());
    let heard: string[] = [];
    client.on('notification', ({ channel, payload }) => heard.push(`${channel} ${payload ?? ''}`));
    await client.query(`LISTEN ${DEFINITIONS_CHANNEL}; LISTEN ${CHANGE_CHANNEL}`);
    const hears = async (work: () => Promise<unknown>) => {
      heard = [];
      await work();
      // Notifications come in the order of the commits: what comes before this one was heard.
      await pool.query("SELECT pg_notify($1, 'end')", [CHANGE_CHANNEL]);
      await eventually(() => heard.includes(`${CHANGE_CHANNEL} end`));
      return heard.filter((one) => !one.endsWith(' end')).sort();
    };
    const toProcesses = `${DEFINITIONS_CHANNEL} `;
    const toPages = `${CHANGE_CHANNEL} {"aggregated" : "told"}`;
    const both = [toProcesses, toPages].sort();
    expect(await hears(() => save('told'))).toEqual(both);
    expect(await hears(() => save('told'))).toEqual([]);
    expect(await hears(() => pauseDefinition(pool, 'told', true))).toEqual(both);
    expect(await hears(() => noteFailure(pool, 'told', 'away'))).toEqual([toPages]);
    expect(await hears(() => noteFailure(pool, 'told', 'away'))).toEqual([]);
    expect(await hears(() => noteFailure(pool, 'told', undefined))).toEqual([toPages]);
    expect(await hears(() => transaction(pool, (one) => deleteDefinition(one, 'told')))).toEqual(both);
  });
});

describe('which definitions run', () => {
  it('definitions that name a topic run, by name, as long as they are not paused', async () => {
    await pool.query('DELETE FROM aggregator_definitions');
    await save('b');
    await save('a', { topic: 'clicks' });
    await save('files', { topic: undefined });
    await save('paused');
    expect(await pauseDefinition(pool, 'paused', true)).toBe(true);
    expect(await pauseDefinition(pool, 'nothing', true)).toBe(false);
    const names = async () => (await readLiveDefinitions(pool)).map(({ name, topic }) => `${name} ${topic}`);
    expect(await names()).toEqual(['a clicks', 'b t']);
    await pauseDefinition(pool, 'paused', false);
    expect(await names()).toEqual(['a clicks', 'b t', 'paused t']);
    // The topic in force, not that of an older version.
    await save('b', { topic: 'elsewhere' });
    expect(await names()).toEqual(['a clicks', 'b elsewhere', 'paused t']);
  });

  it('a failure that is noted keeps any text, and pausing takes it back', async () => {
    await save('noted');
    const reason = 'received "\u0000\ud800 \'x\' {y}"';
    await noteFailure(pool, 'noted', reason);
    expect(await stored('noted')).toMatchObject({ failure: reason, failed: true });
    await pauseDefinition(pool, 'noted', true);
    expect(await stored('noted')).toMatchObject({ paused: true, failure: null, failed: false });
  });

  it('a body that Postgres can not take apart keeps no other definition from being read', async () => {
    await save('damaged');
    await pool.query(
      `UPDATE aggregator_versions SET body = '{"name": "\\u0000", "topic": "broken"}' WHERE definition = 'damaged'`,
    );
    expect((await readLiveDefinitions(pool)).map(({ topic }) => topic)).toContain('broken');
    await pool.query("DELETE FROM aggregator_definitions WHERE name = 'damaged'");
  });

  it.each([
    ['{"topic": "t"}', 't'],
    ['{}', undefined],
  ])('the topic of %s is %s', (body, topic) => {
    expect(topicOf(body)).toBe(topic);
  });
});

describe('plans', () => {
  const plansOf = (name: string) => transaction(pool, (client) => readPlans(client, name));

  it('the plans of all versions read the same cells of a record, and the definition is that of the newest', async () => {
    await save('plans');
    await save('plans', {
      group: { fields: ['shop'] },
      aggregate: [{ field: 'n', operation: 'MAX', as: 'most' }],
    });
    const { plans, fields, definition: newest } = await plansOf('plans');
    expect([...plans.keys()]).toEqual([1, 2]);
    expect([...fields.names].sort()).toEqual(['n', 'shop', 'user']);
    const cells = ['group', 'aggregates'] as const;
    expect(
      [...plans.values()].map((plan) =>
        cells.map((part) => plan[part].map(({ place }) => fields.names[place])),
      ),
    ).toEqual([
      [['user'], ['n']],
      [['shop'], ['n']],
    ]);
    expect(newest.aggregate[0]?.as).toBe('most');
  });

  it('there are no plans of a definition that does not exist, nor of a body that is none', async () => {
    await expect(plansOf('nothing')).rejects.toThrow('there is no definition nothing');
    await save('newer');
    await pool.query(
      `UPDATE aggregator_versions SET body = '{"of": "a newer program"}' WHERE definition = 'newer'`,
    );
    await expect(plansOf('newer')).rejects.toThrow('/name');
  });
});

describe('a definition that is deleted', () => {
  it('nothing of a deleted definition is left but its topic, and all of others', async () => {
    for (const name of ['gone', 'kept']) {
      await save(name);
      await pool.query(
        `INSERT INTO aggregator_sessions (definition, grouping, key, version, state, updated_at, updated_day)
         SELECT $1, grouping, key, 1, '[]', now(), current_date FROM unnest(ARRAY['["user"]', 'another']) AS grouping, unnest(ARRAY['a', 'b']) AS key`,
        [name],
      );
      await pool.query(
        `INSERT INTO aggregator_results (id, definition, row, flushed_at) VALUES ($1 || '-1', $1, '{}', now())`,
        [name],
      );
      await pool.query(
        `INSERT INTO aggregator_set_aside (definition, source, position, field, message) VALUES ($1, 't/0', 1, '', '""')`,
        [name],
      );
      await pool.query(
        `INSERT INTO aggregator_runs (definition, version, inputs, clock) VALUES ($1, 1, '[]', now())`,
        [name],
      );
      await pool.query(
        `INSERT INTO consumer_offsets (cluster_id, consumer_group, topic, partition, next_offset) VALUES ('c', $1, 't', 0, 7)`,
        [groupOf(name)],
      );
    }
    const left = async (name: string) => {
      const { rows } = await pool.query(
        `SELECT (SELECT count(*) FROM aggregator_definitions WHERE name = $1) AS definitions,
           (SELECT count(*) FROM aggregator_versions WHERE definition = $1) AS versions,
           (SELECT count(*) FROM aggregator_sessions WHERE definition = $1) AS sessions,
           (SELECT count(*) FROM aggregator_results WHERE definition = $1) AS results,
           (SELECT count(*) FROM aggregator_set_aside WHERE definition = $1) AS asides,
           (SELECT count(*) FROM aggregator_runs WHERE definition = $1) AS runs,
           (SELECT count(*) FROM consumer_offsets WHERE consumer_group = $2) AS offsets`,
        [name, groupOf(name)],
      );
      return Object.values(rows[0]);
    };
    const open = await transaction(pool, async (client) => {
      const held = await holdDefinition(client, 'gone');
      await deleteDefinition(client, 'gone');
      return held;
    });
    expect([open, await left('gone'), await left('kept')]).toEqual([
      4,
      [0, 0, 0, 0, 0, 0, 0],
      [1, 1, 4, 1, 1, 1, 1],
    ]);
    expect(await transaction(pool, (client) => holdDefinition(client, 'gone'))).toBeUndefined();
  });

  it('nobody changes a definition that is held, until its transaction ends', async () => {
    await save('held');
    let release = () => {};
    const holding = transaction(pool, async (client) => {
      await holdDefinition(client, 'held');
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      await deleteDefinition(client, 'held');
    });
    await eventually(async () => {
      const { rowCount } = await pool.query(
        "SELECT FROM aggregator_definitions WHERE name = 'held' FOR UPDATE SKIP LOCKED",
      );
      return rowCount === 0;
    });
    const paused = pauseDefinition(pool, 'held', true);
    release();
    await holding;
    expect(await paused).toBe(false);
  });
});
