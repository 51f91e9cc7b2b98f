import { describe, expect, it } from 'vitest';
import { MOST_KEPT } from '../../../../seed/load/rejects/rejects.ts';
import { rejectRepeats } from '../../../../seed/load/rejects/repeats.ts';
import { beginStage } from '../../../../seed/load/stage/unfinished.ts';
import { loadFile } from '../../../../seed/load.ts';
import { HEADER } from '../../../../seed/published.ts';
import { transaction } from '../../../../src/db/pool.ts';
import { migratedDatabase, testLog } from '../../../support/database.ts';
import { expectRollupsEqualEvents } from '../../../support/recount.ts';
import { countEvents } from '../../count-events.ts';
import { fileOf, replicaFile, rowsOf } from '../../support.ts';

describe.each([
  ['merged', 40],
  ['attached', 26_000],
])('a repeated order_id in a file that is %s', (_, count) => {
  const rows = rowsOf(count);
  const [first = '', second = ''] = rows;
  const changed = second.replace(/,2019-\d\d-\d\d/, ',2019-03-03');
  const content = `${HEADER}\n${rows.join('\n')}\n${first}\n${changed}\n`;

  it('a row whose order_id is repeated is nothing new with the same content, and set aside with other content', async () => {
    const { pool: fresh } = await migratedDatabase();
    const result = await loadFile({
      pool: fresh,
      log: testLog,
      file: await fileOf(content, `repeats-${count}.csv`),
    });
    expect(result).toMatchObject({ added: count, present: 1, rejected: 1 });
    expect(result.rejects).toEqual([
      {
        file: `repeats-${count}.csv`,
        line: count + 3,
        column: 'order_id',
        reason: `received "${changed.slice(0, 32)}" again with other content, expected one row an id`,
        content: expect.stringContaining('2019-03-03'),
      },
    ]);
    await expectRollupsEqualEvents(fresh);
  });

  it('a repeated order_id with other content ends a strict load, and nothing is loaded', async () => {
    const { pool: fresh } = await migratedDatabase();
    const file = await fileOf(content);
    await expect(loadFile({ pool: fresh, log: testLog, file, strict: true })).rejects.toMatchObject({
      code: 'BAD_ROW',
      message: expect.stringContaining(`line ${count + 3}, order_id`),
    });
    expect(await countEvents(fresh)).toBe(0);
  });
});

it('all repeats are counted, and no more are stored than a wrong file may fill the disk with', async () => {
  const { pool } = await migratedDatabase();
  await loadFile({ pool, log: testLog, file: await replicaFile(50) });
  await transaction(pool, async (client) => {
    const begun = await beginStage(client, 'a.csv', '');
    const load = { ...begun, rejected: MOST_KEPT - 7 };
    expect(await rejectRepeats(client, load, 'SELECT * FROM events')).toBe(50);
    const { rowCount } = await client.query('SELECT FROM rejected_rows WHERE load_id = $1', [begun.load_id]);
    expect(rowCount).toBe(7);
  });
});
