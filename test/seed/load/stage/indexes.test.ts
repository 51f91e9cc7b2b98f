import { expect, it } from 'vitest';
import { addIndexes, addKey, indexKey } from '../../../../seed/load/stage/indexes.ts';
import { stageTable } from '../../../../seed/load/stage/unfinished.ts';
import { rowsOf } from '../../support.ts';
import { aStage, copyRows } from './stage.ts';

/** The definitions of a table's indexes, without its name. */
async function indexesOf({ client }: Awaited<ReturnType<typeof aStage>>, table: string): Promise<string[]> {
  const { rows } = await client.query<{ definition: string }>(
    `SELECT substring(pg_get_indexdef(indexrelid) FROM 'USING .*') || CASE WHEN indisprimary THEN ' key' ELSE '' END AS definition
     FROM pg_index WHERE indrelid = $1::regclass ORDER BY 1`,
    [table],
  );
  return rows.map(({ definition }) => definition);
}

it('a load gets the key and the other indexes of events, each once, however often it is begun again', async () => {
  const stage = await aStage();
  const load = await copyRows(stage, stage.load, rowsOf(20));
  for (let times = 0; times < 2; times += 1) {
    expect(await indexKey(stage.client, load)).toBe(true);
    await addIndexes(stage.client, load);
    await addKey(stage.client, load);
  }
  expect(await indexesOf(stage, stageTable(load))).toEqual(await indexesOf(stage, 'events'));
});

it('a load with a repeated id gets no key, which is told, and no index is left of it', async () => {
  const stage = await aStage();
  const [row = ''] = rowsOf(1);
  const load = await copyRows(stage, stage.load, [row, row]);
  expect(await indexKey(stage.client, load)).toBe(false);
  expect(await indexesOf(stage, stageTable(load))).toEqual([]);
});
