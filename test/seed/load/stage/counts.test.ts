import { expect, it } from 'vitest';
import { countUsers, RunningCounts } from '../../../../seed/load/stage/counts.ts';
import { fullBlocks, stageTable } from '../../../../seed/load/stage/unfinished.ts';
import { rowsOf } from '../../support.ts';
import { aStage, copyRows } from './stage.ts';

type Stage = Awaited<ReturnType<typeof aStage>>;

const daysOf = async ({ client }: Stage) =>
  (
    await client.query(
      'SELECT day, product, title, device, sum(count)::int AS count FROM staged_days GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4',
    )
  ).rows;
const recounted = async ({ client, load }: Stage) =>
  (
    await client.query(
      `SELECT ("time" AT TIME ZONE 'UTC')::date AS day, product, title, site_version AS device, count(*)::int AS count
       FROM ${stageTable(load)} GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`,
    )
  ).rows;

it('rows are counted once, those while the load goes on and those at its end', async () => {
  const stage = await aStage();
  const counts = new RunningCounts(stage.client);
  let load = await copyRows(stage, stage.load, rowsOf(400));
  counts.follow(load, await fullBlocks(stage.client, load));
  load = await copyRows(stage, load, rowsOf(300, 10_000));
  counts.follow(load, await fullBlocks(stage.client, load));
  expect(await counts.finish(load)).toBe('UTC');
  expect(await daysOf(stage)).toEqual(await recounted(stage));
});

it('all are counted again where a row has come into a block that was counted, or rows are gone', async () => {
  const stage = await aStage();
  const counts = new RunningCounts(stage.client);
  let load = await copyRows(stage, stage.load, rowsOf(20));
  counts.follow(load, 1_000);
  load = await copyRows(stage, load, rowsOf(20, 10_000));
  await counts.finish(load);
  expect(await daysOf(stage)).toEqual(await recounted(stage));
  await stage.client.query(`DELETE FROM ${stageTable(load)} WHERE title = 'banner_show'`);
  await counts.again(load);
  expect(await daysOf(stage)).toEqual(await recounted(stage));
});

it('an error while the load goes on is told at its end', async () => {
  const stage = await aStage();
  const counts = new RunningCounts(stage.client);
  counts.follow({ ...stage.load, load_id: 999_999 }, 5);
  await expect(counts.finish(stage.load)).rejects.toMatchObject({ code: '42P01' });
});

it('each user is counted once a year and device', async () => {
  const stage = await aStage();
  const rows = rowsOf(200);
  const load = await copyRows(stage, stage.load, [
    ...rows,
    ...rows.map((row) => row.replace(/^.{8}/, 'ffffffff')),
  ]);
  const counts = new RunningCounts(stage.client);
  await counts.finish(load);
  await countUsers(stage.client, load);
  await countUsers(stage.client, load);
  const usersOf = (device: string) =>
    new Set(rows.map((row) => row.split(',')).flatMap((row) => (row[4] === device ? [row[1]] : []))).size;
  const { rows: counted } = await stage.client.query(
    'SELECT year, device::text, users FROM staged_users ORDER BY device::text',
  );
  expect(counted).toEqual(
    ['desktop', 'mobile'].map((device) => ({ year: 2019, device, users: usersOf(device) })),
  );
});
