import { expect, it } from 'vitest';
import { TopicWatch } from '../../src/consumer/topic-made-anew.ts';
import { openTestPool } from '../support/database.ts';

it('stops looking when it is closed, for however long its cluster is away', async () => {
  const subscription = { clusterId: 'away', group: 'ingest', topic: 'ecommerce' };
  const nobodyAnswers = () => new Promise<string>(() => {});
  const pool = openTestPool('postgres://nobody@127.0.0.1:1/none');
  const watch = new TopicWatch(pool, subscription, nobodyAnswers, { anew: () => {}, failed: () => {} });
  const looking = watch.isAnew();
  watch.close();
  await expect(looking).rejects.toThrow('aborted');
  await expect(watch.isAnew()).rejects.toThrow('aborted');
});
