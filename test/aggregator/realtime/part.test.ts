// Definitions at work on topics: a real broker, a real database, processes that are killed, and a plain recount.

import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { readDefinition } from '../../../src/aggregator/definition/read.ts';
import { Definitions } from '../../../src/aggregator/definitions.ts';
import { startAggregator } from '../../../src/aggregator/realtime/part.ts';
import { groupOf, saveDefinition } from '../../../src/aggregator/store/definitions.ts';
import type { Config } from '../../../src/config.ts';
import { TopicReader } from '../../../src/consumer/topic-reader.ts';
import { type Pool, transaction } from '../../../src/db/pool.ts';
import { ensureTopic } from '../../../src/kafka/client.ts';
import { MAIN } from '../../support/command.ts';
import { migratedDatabase, testLog } from '../../support/database.ts';
import { eventually, startTestBroker, temporaryFolder, testConfig, testKafka } from '../../support/line.ts';

type Row = Readonly<Record<string, unknown>> & { readonly meta: Readonly<Record<string, unknown>> };

let pool: Pool;
let kafka: Kafka;
let config: Config;
let env: Record<string, string>;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  const database = await migratedDatabase();
  ({ pool } = database);
  const { port } = await startTestBroker();
  kafka = testKafka(port);
  config = await testConfig(port, database.url, { AGGREGATOR_CHECK_SECONDS: '1' });
  env = {
    PATH: process.env.PATH ?? '',
    DATABASE_URL: database.url,
    KAFKA_BROKERS: `127.0.0.1:${port}`,
    DATA_DIR: temporaryFolder(),
    AGGREGATOR_CHECK_SECONDS: '1',
    LOG_LEVEL: 'warn',
  };
  return () => {
    for (const child of children) child.kill('SIGKILL');
  };
});

const save = (text: string) => transaction(pool, (client) => saveDefinition(client, readDefinition(text)));

function startProcess(): ChildProcess {
  const child = spawn(process.execPath, [MAIN, 'start', 'aggregator'], { env, stdio: 'ignore' });
  children.add(child);
  return child;
}

async function stopProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
  children.delete(child);
}

async function send(topic: string, values: readonly string[]): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  await ensureTopic(admin, topic, 3);
  await admin.disconnect();
  const producer = kafka.producer();
  await producer.connect();
  // Without keys: the records of a group are spread over all partitions.
  await producer.send({ topic, messages: values.map((value, index) => ({ value, partition: index % 3 })) });
  await producer.disconnect();
}

async function resultsOf(definition: string): Promise<Row[]> {
  const { rows } = await pool.query<{ row: Row }>(
    'SELECT row FROM aggregator_results WHERE definition = $1 ORDER BY seq',
    [definition],
  );
  return rows.map(({ row }) => row);
}

/** What other programs read, each value by its key. */
async function readTopic(topic: string, until: (values: readonly Row[]) => boolean): Promise<Row[]> {
  const consumer = kafka.consumer({ groupId: `test-${topic}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const seen: Row[] = [];
  await consumer.run({
    eachMessage: async ({ message }) => void seen.push(JSON.parse(String(message.value)) as Row),
  });
  await eventually(() => until(seen));
  await consumer.disconnect();
  return seen;
}

describe('the aggregator part', { timeout: 240_000 }, () => {
  it('flushes 70 sheets at once with its reason, and what is due at the next check; a bad definition disturbs no other', async () => {
    await save(`name: sheets
topic: prints
group: { fields: [subscriber] }
aggregate: [{ field: sheets, operation: SUM }]
flush:
  by: TIMEOUT
  timeout: { type: TIMESTAMP, field: due }
  conditions: [{ name: 70 sheets, aggregate: sum_sheets, operator: '>=', value: 70 }]
`);
    // Its stored text is damaged: it can't be run, nor read by Postgres's own operators.
    await save(
      'name: broken\ntopic: prints\ngroup: { fields: [x] }\naggregate: [{ operation: COUNT }]\nflush: { by: TIMEOUT, timeout: { type: HOUR, hours: 1 } }',
    );
    await pool.query(
      `UPDATE aggregator_versions SET body = '{"name": "broken\\u0000", "topic": "prints"}' WHERE definition = 'broken'`,
    );
    const part = await startAggregator(config, testLog);
    onTestFinished(() => part.close());
    const far = '2999-01-01T00:00:00';
    await send('prints', [
      ...Array.from({ length: 70 }, () => JSON.stringify({ subscriber: 'Ada', sheets: 1, due: far })),
      JSON.stringify({ subscriber: 'Bob', sheets: 3, due: '2020-01-01T00:00:00' }),
      'no JSON',
    ]);
    const rows = await eventually(async () => {
      const found = await resultsOf('sheets');
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
    const told = await readTopic('aggregates.sheets', (values) => values.length >= 2);
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

describe('a definition that is deleted while it runs', { timeout: 240_000 }, () => {
  it('ends, and one that is made again under its name begins at the beginning of its topic', async () => {
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
    await save(text('SUM'));
    await send('again', ['{"user":"A","n":1}', '{"user":"B","n":2}', '{"user":"A","n":4}']);
    const part = await startAggregator(config, testLog);
    onTestFinished(() => part.close());
    await until(['"A" 5 2', '"B" 2 1']);
    const definitions = new Definitions(pool, new TopicReader(kafka));
    await definitions.delete('again', true);
    const { rows: offsets } = await pool.query('SELECT FROM consumer_offsets WHERE consumer_group = $1', [
      groupOf('again'),
    ]);
    expect([await sessionsOf(), offsets]).toEqual([[], []]);
    // At once: the process has not noticed yet, and must not take its old sessions or offsets for those of the new one.
    await save(text('MAX'));
    await send('again', ['{"user":"A","n":3}']);
    await until(['"A" 4 3', '"B" 2 1']);
  });
});

describe('two processes that share partitions and are killed', {
  timeout: 60_000 + 30_000 * Number(process.env.CHAOS_KILLS ?? 12),
}, () => {
  it('come to the result of a plain recount, and nothing is twice downstream', async () => {
    const kills = Number(process.env.CHAOS_KILLS ?? 3);
    const users = 40;
    await save(`name: sevens
topic: chaos
group: { fields: [user] }
aggregate: [{ field: amount, operation: SUM }]
flush:
  by: TIMEOUT
  timeout: { type: HOUR, hours: 1000 }
  conditions: [{ name: seven, field: stop, type: boolean, value: true }, { name: big, aggregate: sum_amount, operator: '>', value: 1000000 }]
`);
    const sums = new Map<string, number>();
    let sent = 0;
    let sending = true;
    async function load(): Promise<void> {
      while (sending) {
        const values = Array.from({ length: 100 }, () => {
          const user = `u${(sent * 7) % users}`;
          const amount = (sent % 97) / 100;
          sums.set(user, (sums.get(user) ?? 0) + (sent % 97));
          sent += 1;
          return JSON.stringify({ user, amount, stop: sent % 50 === 0 });
        });
        await send('chaos', values);
        await sleep(100);
      }
    }
    const processes = [startProcess(), startProcess()];
    const loading = load();
    for (let round = 0; round < kills; round += 1) {
      const before = await counted();
      // A kill is one under load only where work goes on.
      await eventually(async () => (await counted()) >= before + 500, 120);
      await sleep((round * 73) % 400);
      const victim = processes[round % 2];
      if (victim !== undefined) await stopProcess(victim, 'SIGKILL');
      processes[round % 2] = startProcess();
    }
    sending = false;
    await loading;
    const rows = await eventually(
      async () => ((await counted()) === sent ? resultsOf('sevens') : undefined),
      180,
    );
    const totals = new Map<string, number>();
    const add = (user: unknown, amount: unknown) =>
      totals.set(String(user), (totals.get(String(user)) ?? 0) + Math.round(Number(amount) * 100));
    for (const { user, sum_amount } of rows) add(user, sum_amount);
    const { rows: open } = await pool.query<{ user: string; sum: string }>(
      `SELECT state -> 0 ->> 0 AS user, state -> 2 ->> 0 AS sum FROM aggregator_sessions WHERE definition = 'sevens'`,
    );
    for (const { user, sum } of open) add(JSON.parse(user), sum);
    expect(totals).toEqual(sums);
    const told = await readTopic(
      'aggregates.sevens',
      (values) => new Set(values.map(({ meta }) => meta.id)).size >= rows.length,
    );
    // A row that is told again, by a process that was killed before it could note it, is the same row with the same id.
    const byId = new Map(told.map((row) => [row.meta.id, JSON.stringify(row)]));
    expect(told.every((row) => byId.get(row.meta.id) === JSON.stringify(row))).toBe(true);
    expect([...byId.keys()].sort()).toEqual(rows.map(({ meta }) => meta.id).sort());
    for (const child of processes) await stopProcess(child, 'SIGTERM');
  });

  /** Records in results and open sessions. */
  async function counted(): Promise<number> {
    const { rows } = await pool.query<{ count: number }>(
      `SELECT (SELECT coalesce(sum((row -> 'meta' ->> 'count')::int), 0) FROM aggregator_results WHERE definition = 'sevens')
         + (SELECT coalesce(sum((state ->> 3)::int), 0) FROM aggregator_sessions WHERE definition = 'sevens') AS count`,
    );
    return rows[0]?.count ?? 0;
  }
});
