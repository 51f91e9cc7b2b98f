import { expect, it } from 'vitest';
import { CopyTransaction } from '../../../../seed/load/stage/copy-transaction.ts';
import { stageTable } from '../../../../seed/load/stage/unfinished.ts';
import { rowsOf } from '../../support.ts';
import { aStage, copyRows, encoded } from './stage.ts';

const count = async ({ pool, load }: Awaited<ReturnType<typeof aStage>>) =>
  (await pool.query(`SELECT FROM ${stageTable(load)}`)).rowCount;

it('what is written and what follows it is there together, once it is committed', async () => {
  const stage = await aStage();
  const copy = await CopyTransaction.begin(stage.client, stageTable(stage.load));
  for (const row of rowsOf(30)) await copy.write(encoded([row]));
  expect(await count(stage)).toBe(0);
  expect(await copy.commit(async () => 'rest')).toBe('rest');
  expect(await count(stage)).toBe(30);
});

it('nothing is there where what follows the COPY fails, or where it is aborted half way', async () => {
  const stage = await aStage();
  const failing = await CopyTransaction.begin(stage.client, stageTable(stage.load));
  await failing.write(encoded(rowsOf(5)));
  await expect(
    failing.commit(async () => {
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  await failing.abort();
  const aborted = await CopyTransaction.begin(stage.client, stageTable(stage.load));
  await aborted.write(encoded(rowsOf(5)));
  await aborted.abort();
  expect(await count(stage)).toBe(0);
  await copyRows(stage, stage.load, rowsOf(5));
  expect(await count(stage)).toBe(5);
});

it('rows that PostgreSQL refuses fail the commit with its error, and the connection can be used again', async () => {
  const stage = await aStage();
  const copy = await CopyTransaction.begin(stage.client, stageTable(stage.load));
  await copy.write(Buffer.from([0, 9, 0, 0, 0, 0]));
  await expect(copy.commit(async () => 'never')).rejects.toMatchObject({ code: '22P04' });
  await copy.abort();
  expect((await stage.client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});
