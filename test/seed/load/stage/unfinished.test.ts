import { expect, it } from 'vitest';
import {
  beginStage,
  changeStage,
  dropStage,
  fullBlocks,
  readUnfinished,
  stageTable,
} from '../../../../seed/load/stage/unfinished.ts';
import { rowsOf } from '../../support.ts';
import { aStage, copyRows } from './stage.ts';

it('a load begins with nothing read, and is found again as it was changed', async () => {
  const { client, load } = await aStage();
  expect(load).toMatchObject({
    source: 'a.csv',
    sha256: 'none',
    bytes: 0,
    rows: 0,
    rejected: 0,
    complete: false,
  });
  await changeStage(client, { bytes: 100, complete: true, add: { rows: 5, rejected: 2 } });
  const changed = await changeStage(client, { lines: 8, add: { rows: -1 } });
  expect(changed).toMatchObject({ bytes: 100, complete: true, rows: 4, rejected: 2, lines: 8 });
  expect(await readUnfinished(client)).toEqual(changed);
});

it('a second load can not begin beside it', async () => {
  const { client } = await aStage();
  await expect(beginStage(client, 'b.csv', 'none')).rejects.toMatchObject({ code: '23505' });
});

it('a load that is dropped leaves neither its table nor its bad rows', async () => {
  const { client, load } = await aStage();
  await client.query(
    `INSERT INTO rejected_rows (load_id, file, reason, content) VALUES ($1, 'a.csv', 'no', 'x')`,
    [load.load_id],
  );
  await dropStage(client);
  await dropStage(client);
  expect(await readUnfinished(client)).toBeUndefined();
  expect((await client.query('TABLE rejected_rows')).rows).toEqual([]);
  expect((await client.query('SELECT to_regclass($1) AS there', [stageTable(load)])).rows).toEqual([
    { there: null },
  ]);
  await expect(changeStage(client, { complete: true })).rejects.toThrow('expected an unfinished load');
});

it('full blocks are those before the last one with a row', async () => {
  const stage = await aStage();
  expect(await fullBlocks(stage.client, stage.load)).toBe(0);
  const load = await copyRows(stage, stage.load, rowsOf(500));
  const last = await fullBlocks(stage.client, load);
  expect(last).toBeGreaterThan(3);
  const behind = `SELECT FROM ${stageTable(load)} WHERE ctid >= '(${last},0)'`;
  expect((await stage.client.query(behind)).rowCount).toBeGreaterThan(0);
  expect((await stage.client.query(behind.replace(`${last},`, `${last + 1},`))).rowCount).toBe(0);
});
