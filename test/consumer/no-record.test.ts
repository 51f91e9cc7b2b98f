// Offsets without a record at the end of a partition, of aborted records and transaction markers: consumers move past them, and they do
// not count as lag. The same for records that were deleted before they were read.

import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { startLive } from '../../src/live/part.ts';
import { createLog } from '../../src/runtime/log.ts';
import { afterFile } from '../support/after-file.ts';
import { anEvent } from '../support/events.ts';
import { eventually, startLine } from '../support/line.ts';
import { testLog } from '../support/log.ts';

const line = await startLine();
let live = await startLive(line.config, testLog);
afterFile(() => live.close());

const producer = line.kafka.producer({
  transactionalId: 'no-record',
  idempotent: true,
  maxInFlightRequests: 1,
});
await producer.connect();

/** Sends a click to partition 0 in a transaction of its own. */
async function send(end: 'commit' | 'abort'): Promise<string> {
  const event = anEvent({ title: 'banner_click' });
  const transaction = await producer.transaction();
  await transaction.send({
    topic: 'ecommerce',
    messages: [{ key: event.user_id, value: JSON.stringify(event), partition: 0 }],
  });
  await transaction[end]();
  return event.order_id;
}

/** How far each group is in partition 0, and how far that goes. */
async function offsets(): Promise<{
  readonly end: number;
  readonly groups: Readonly<Record<string, number>>;
}> {
  const admin = line.kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets('ecommerce').finally(() => admin.disconnect());
  const { rows } = await line.pool.query<{ group: string; next: number }>(
    `SELECT consumer_group AS "group", next_offset AS next FROM consumer_offsets WHERE topic = 'ecommerce' AND "partition" = 0`,
  );
  return {
    end: Number(ends.find(({ partition }) => partition === 0)?.high),
    groups: Object.fromEntries(rows.map(({ group, next }) => [group, next])),
  };
}

async function isThere(...orderIds: string[]): Promise<boolean> {
  const { rowCount } = await line.pool.query('SELECT FROM events WHERE order_id = ANY($1::uuid[])', [
    orderIds,
  ]);
  return rowCount === orderIds.length;
}

describe('the end of a partition without a record', () => {
  it('the end of a partition without a record is passed by ingest and all that follows it, also where the first that ever came was an aborted record', async () => {
    const before = await send('abort');
    await eventually(async () => (await offsets()).groups['shopstream-ingest'] === 2);
    const kept = await send('commit');
    const after = await send('abort');
    await eventually(async () => {
      const { end, groups } = await offsets();
      return (
        end === 6 && Object.keys(groups).length === 4 && Object.values(groups).every((next) => next === end)
      );
    });
    expect(await isThere(kept)).toBe(true);
    expect(await isThere(before)).toBe(false);
    expect(await isThere(after)).toBe(false);
  });

  it('the end of a partition without a record is no record that waits: /readyz and the ledger say so', async () => {
    await send('abort');
    await eventually(async () => {
      const { body } = await request(line.url).get('/readyz');
      return body.ingest.state === '0 records behind';
    });
    const { body } = await request(line.url).get('/api/pipeline');
    expect(body.ledger).toMatchObject({ stored: 1, on_the_way: 0, missing: 0, whole: true });
  });

  it('the end of a partition without a record is passed by who comes later and finds it in one piece with what is before it', async () => {
    const kept = [await send('commit'), await send('commit')];
    await send('abort');
    await eventually(() => isThere(...kept));
    await live.close();
    await line.pool.query(`DELETE FROM consumer_offsets WHERE consumer_group <> 'shopstream-ingest'`);
    live = await startLive(line.config, testLog);
    await eventually(async () => {
      const { end, groups } = await offsets();
      return Object.keys(groups).length === 4 && Object.values(groups).every((next) => next === end);
    });
  });
});

describe('records that are deleted before they are read', () => {
  it('records that are deleted before they are read are passed with a warning, although no record comes behind them', async () => {
    const admin = line.kafka.admin();
    await admin.connect();
    await admin.fetchTopicOffsets('ecommerce');
    await live.close();
    const { end: before } = await offsets();
    await send('commit');
    await send('commit');
    await eventually(async () => (await offsets()).groups['shopstream-ingest'] === before + 4);
    await admin.deleteTopicRecords({ topic: 'ecommerce', partitions: [{ partition: 0, offset: '-1' }] });
    await admin.disconnect();
    const lines: string[] = [];
    const log = createLog('live', 'warn', false, { write: (text) => void lines.push(text) });
    live = await startLive(line.config, log);
    await eventually(async () => {
      const { end, groups } = await offsets();
      return Object.values(groups).every((next) => next === end);
    });
    expect(lines.join('')).toContain(`offsets ${before} to ${before + 3} are no longer in Kafka`);
  });
});
