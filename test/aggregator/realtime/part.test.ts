// Definitions at work on topics: a real broker, a real database. killed.whole kills processes.

import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Definitions } from '../../../src/aggregator/definitions.ts';
import { startAggregator } from '../../../src/aggregator/realtime/part.ts';
import { groupOf } from '../../../src/aggregator/store/definitions.ts';
import type { Config } from '../../../src/config.ts';
import { TopicReader } from '../../../src/consumer/topic-reader.ts';
import type { Pool } from '../../../src/db/pool.ts';
import { testLog } from '../../support/database.ts';
import { eventually, testConfig } from '../../support/line.ts';
import { startTopics } from './on-topics.ts';

let topics: Awaited<ReturnType<typeof startTopics>>;
let pool: Pool;
let config: Config;
beforeAll(async () => {
  topics = await startTopics();
  ({ pool } = topics);
  config = await testConfig(topics.port, topics.url, { AGGREGATOR_CHECK_SECONDS: '1' });
});

describe('the aggregator part', { timeout: 240_000 }, () => {
  it('70 sheets are flushed at once with their reason, and what is due at the next check; a bad definition disturbs no other', async () => {
    await topics.save(`name: sheets
topic: prints
group: { fields: [subscriber] }
aggregate: [{ field: sheets, operation: SUM }]
flush:
  by: TIMEOUT
  timeout: { type: TIMESTAMP, field: due }
  conditions: [{ name: 70 sheets, aggregate: sum_sheets, operator: '>=', value: 70 }]
`);
    // Its stored text is damaged: it can't be run, nor read by Postgres's own operators.
    await topics.save(
      'name: broken\ntopic: prints\ngroup: { fields: [x] }\naggregate: [{ operation: COUNT }]\nflush: { by: TIMEOUT, timeout: { type: HOUR, hours: 1 } }',
    );
    await pool.query(
      `UPDATE aggregator_versions SET body = '{"name": "broken\\u0000", "topic": "prints"}' WHERE definition = 'broken'`,
    );
    const part = await startAggregator(config, testLog);
    onTestFinished(() => part.close());
    const far = '2999-01-01T00:00:00';
    await topics.send('prints', [
      ...Array.from({ length: 70 }, () => JSON.stringify({ subscriber: 'Ada', sheets: 1, due: far })),
      JSON.stringify({ subscriber: 'Bob', sheets: 3, due: '2020-01-01T00:00:00' }),
      'no JSON',
    ]);
    const rows = await eventually(async () => {
      const found = await topics.resultsOf('sheets');
      return found.length === 2 ? found : undefined;
    }, 40);
    const [ada, bob] = [
      rows.find(({ subscriber }) => subscriber === 'Ada'),
      rows.find(({ subscriber }) => subscriber === 'Bob'),
    ];
    expect(ada).toMatchObject({
      sum_sheets: 70,
      meta: { count: 70, flush_type: 'CONDITION', condition: '70 sheets' },
    });
    expect(bob).toMatchObject({
      sum_sheets: 3,
      meta: { flush_type: 'TIMEOUT', sources: [expect.stringMatching(/^prints\/[012]:\d+$/)] },
    });
    const { rows: asides } = await pool.query(
      "SELECT message FROM aggregator_set_aside WHERE definition = 'sheets'",
    );
    expect(asides).toEqual([{ message: expect.stringContaining('received text that is not JSON') }]);
    const told = await topics.readTopic('aggregates.sheets', (values) => values.length >= 2);
    expect(told).toEqual(rows);
    const failure = await eventually(async () => {
      const { rows: known } = await pool.query<{ name: string; failure: string | null }>(
        'SELECT name, failure FROM aggregator_definitions ORDER BY name',
      );
      return known[0]?.failure === null ? undefined : known;
    }, 30);
    expect(failure).toEqual([
      { name: 'broken', failure: expect.stringContaining('/group') },
      { name: 'sheets', failure: null },
    ]);
    await pool.query("DELETE FROM aggregator_definitions WHERE name = 'broken'");
  });
});

it('the aggregator part deletes sessions that were not updated for 180 days, also where no definition runs', async () => {
  await topics.save(
    'name: idle\ngroup: { fields: [user] }\naggregate: [{ operation: COUNT }]\nflush: { by: TIMEOUT, timeout: { type: HOUR, hours: 8000 } }',
  );
  await pool.query(
    `INSERT INTO aggregator_sessions (definition, grouping, key, version, state, updated_at, updated_day)
     SELECT 'idle', 'any', days::text, 1, '[]', now() - make_interval(days => days), current_date - days
     FROM unnest(ARRAY[179, 182]) AS days`,
  );
  const part = await startAggregator(config, testLog);
  onTestFinished(() => part.close());
  const left = await eventually(async () => {
    const { rows } = await pool.query("SELECT key FROM aggregator_sessions WHERE definition = 'idle'");
    return rows.length === 1 ? rows : undefined;
  });
  expect(left).toEqual([{ key: '179' }]);
}, 240_000);

describe('a definition that is deleted while it runs', { timeout: 240_000 }, () => {
  it('a definition that is deleted while it runs ends, and one that is made again under its name begins at the beginning of its topic', async () => {
    const text = (operation: string) => `name: again
topic: again
group: { fields: [user] }
aggregate: [{ field: n, operation: ${operation} }]
flush: { by: TIMEOUT, timeout: { type: HOUR, hours: 1000 } }
`;
    const sessionsOf = async () => {
      const { rows } = await pool.query<{ user: string; has: string; count: number }>(
        `SELECT state -> 0 ->> 0 AS user, state -> 2 ->> 0 AS has, (state ->> 3)::int AS count
         FROM aggregator_sessions WHERE definition = 'again' ORDER BY 1`,
      );
      return rows.map(({ user, has, count }) => `${user} ${has} ${count}`);
    };
    const until = (wanted: readonly string[]) =>
      eventually(async () => JSON.stringify(await sessionsOf()) === JSON.stringify(wanted));
    await topics.save(text('SUM'));
    await topics.send('again', ['{"user":"A","n":1}', '{"user":"B","n":2}', '{"user":"A","n":4}']);
    const part = await startAggregator(config, testLog);
    onTestFinished(() => part.close());
    await until(['"A" 5 2', '"B" 2 1']);
    const definitions = new Definitions(pool, new TopicReader(topics.kafka));
    await definitions.delete('again', true);
    const { rows: offsets } = await pool.query('SELECT FROM consumer_offsets WHERE consumer_group = $1', [
      groupOf('again'),
    ]);
    expect([await sessionsOf(), offsets]).toEqual([[], []]);
    // At once: the process has not noticed yet, and must not take its old sessions or offsets for those of the new one.
    await topics.save(text('MAX'));
    await topics.send('again', ['{"user":"A","n":3}']);
    await until(['"A" 4 3', '"B" 2 1']);
  });
});
