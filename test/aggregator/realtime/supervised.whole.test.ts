// The part as the supervisor keeps it: killed at work, it goes on where it was, and /metrics of the program tells of it.

import request from 'supertest';
import { expect, it } from 'vitest';
import { openPool } from '../../../src/db/pool.ts';
import { childrenOf } from '../../processes/started.ts';
import { afterFile } from '../../support/after-file.ts';
import { eventually, testKafka } from '../../support/line.ts';
import { testLog } from '../../support/log.ts';
import { programSettings, startProgram } from '../../support/program.ts';
import { onTopics } from './on-topics.ts';

const SHEETS = {
  name: 'sheets',
  topic: 'prints',
  group: { fields: ['subscriber'] },
  aggregate: [{ field: 'sheets', operation: 'SUM' }],
  flush: {
    by: 'TIMEOUT',
    timeout: { type: 'HOUR', hours: 1000 },
    conditions: [{ name: '70 sheets', aggregate: 'sum_sheets', operator: '>=', value: 70 }],
  },
  limits: { max_sessions: 3 },
};

it('the aggregator part is started again after a SIGKILL, its definitions go on without a loss, and its figures are those of the program', async () => {
  const env = await programSettings();
  const folder = env.DATA_DIR ?? '';
  const program = await startProgram(env, ['postgres', 'broker', 'web', 'aggregator']);
  const pool = openPool(program.databaseUrl(), testLog);
  afterFile(() => pool.end());
  const topics = onTopics(pool, testKafka(Number(env.KAFKA_PORT)));
  const print = (sheets: readonly (readonly [string, number])[]) =>
    topics.send(
      'prints',
      sheets.map(([subscriber, count]) => JSON.stringify({ subscriber, sheets: count })),
    );
  /** A figure of the definition, with its label. */
  const figure = async (name: string) => {
    const { text } = await request(program.url).get('/metrics').expect(200);
    return new RegExp(`^shopstream_aggregator_${name}\\{definition="sheets"\\} (\\d+)$`, 'm').exec(text)?.[1];
  };
  const reaches = (name: string, value: string) =>
    eventually(async () => (await figure(name)) === value, 120);

  await request(program.url).post('/api/aggregator/definitions').send(SHEETS).expect(200);
  // One of the last three subscribers, of three partitions, comes too late to be among three.
  await print([
    ['Ada', 30],
    ['Bob', 3],
    ['Cem', 1],
    ['Dora', 1],
    ['Ada', 9],
  ]);
  await reaches('open_sessions', '3');
  await reaches('set_aside_total', '1');
  expect([await figure('max_sessions'), await figure('flushed_rows_total')]).toEqual(['3', '0']);

  const before = new Map(['web', 'aggregator'].map((part) => [part, childrenOf(folder, part)]));
  for (const pid of before.get('aggregator') ?? []) process.kill(pid, 'SIGKILL');
  await print([['Ada', 31]]);
  const [row] = await eventually(async () => {
    const rows = await topics.resultsOf('sheets');
    return rows.length > 0 && rows;
  }, 120);
  expect(row).toMatchObject({
    subscriber: 'Ada',
    sum_sheets: 70,
    meta: { count: 3, condition: '70 sheets' },
  });
  await reaches('flushed_rows_total', '1');
  await reaches('open_sessions', '2');
  expect(childrenOf(folder, 'web')).toEqual(before.get('web'));
  expect(childrenOf(folder, 'aggregator')).toHaveLength(1);
  expect(childrenOf(folder, 'aggregator')).not.toEqual(before.get('aggregator'));

  // One that is deleted has no figures any more.
  await request(program.url)
    .post('/api/aggregator/definitions/sheets/delete?open_sessions=discard')
    .expect(204);
  await eventually(async () => (await figure('open_sessions')) === undefined, 120);
}, 400_000);
