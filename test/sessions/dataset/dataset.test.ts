import { expect, it } from 'vitest';
import { openPool } from '../../../src/db/pool.ts';
import { Dataset } from '../../../src/sessions/dataset/dataset.ts';
import { testLog } from '../../support/log.ts';

it('work that reads all loaded events is done one after the other, whether or not it fails', async () => {
  const dataset = new Dataset(openPool('postgres://nobody@127.0.0.1:1/none', testLog), testLog);
  const done: string[] = [];
  const work = (name: string, error?: Error) =>
    dataset.inTurn(async () => {
      done.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      done.push(`${name} ends`);
      if (error !== undefined) throw error;
      return name;
    });
  const [one, two, three] = await Promise.allSettled([
    work('one'),
    work('two', new Error('away')),
    work('three'),
  ]);
  expect(done).toEqual(['one', 'two', 'three'].flatMap((name) => [`${name} begins`, `${name} ends`]));
  expect([one, two, three]).toMatchObject([
    { value: 'one' },
    { reason: { message: 'away' } },
    { value: 'three' },
  ]);
});
