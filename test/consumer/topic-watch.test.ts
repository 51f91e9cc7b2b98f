import { expect, it, vi } from 'vitest';
import { TopicWatch } from '../../src/consumer/topic-watch.ts';
import { migratedDatabase, openTestPool } from '../support/database.ts';

it('a watch of a topic stops looking when it is closed, for however long its cluster is away', async () => {
  const subscription = { clusterId: 'away', group: 'ingest', topic: 'ecommerce' };
  const nobodyAnswers = () => new Promise<string>(() => {});
  const pool = openTestPool('postgres://nobody@127.0.0.1:1/none');
  const watch = new TopicWatch(pool, subscription, nobodyAnswers, { recreated: () => {}, failed: () => {} });
  const looking = watch.isRecreated();
  watch.close();
  await expect(looking).rejects.toThrow('aborted');
  await expect(watch.isRecreated()).rejects.toThrow('aborted');
});

it('a watch of a topic asks Postgres at its first look and when the id is another one, and not again and again', async () => {
  const { pool } = await migratedDatabase();
  const subscription = { clusterId: 'here', group: 'ingest', topic: 'ecommerce' };
  const known = async () => {
    const { rows } = await pool.query<{ topic_id: string }>('SELECT topic_id FROM consumer_topics');
    return rows.map(({ topic_id }) => topic_id);
  };
  let id = 'one';
  const recreated = vi.fn();
  const watch = new TopicWatch(pool, subscription, async () => id, { recreated, failed: () => {} });
  expect(await watch.isRecreated()).toBe(false);
  expect(await known()).toEqual(['one']);
  const asks = vi.spyOn(pool, 'connect');
  watch.doubt();
  expect(await watch.isRecreated()).toBe(false);
  expect(asks).not.toHaveBeenCalled();
  id = 'other';
  watch.doubt();
  expect(await watch.isRecreated()).toBe(true);
  expect(await known()).toEqual(['other']);
  expect(recreated).toHaveBeenCalledTimes(1);
  watch.close();
});
