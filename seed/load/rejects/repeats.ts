// Repeated order_ids. The first row of an id counts: a later one with the same content is ignored, one with other content
// is rejected. locate.ts finds their lines afterwards, as storing the line of each of eight million rows would cost
// more than a second reading of the file in this rare case.

import type pg from 'pg';
import type { Client } from '../../../src/db/pool.ts';
import { changeStage, stageTable, type Unfinished } from '../stage/unfinished.ts';
import { transact } from '../transact.ts';
import { MOST_KEPT } from './rejects.ts';

/** SQL for the columns that make a row's content. @param alias of its table */
export const contentOf = (alias: string): string =>
  `ROW (${['user_id', 'page_id', 'product', 'site_version', '"time"', 'title'].map((name) => `${alias}.${name}`).join(', ')})`;

/** SQL for a row's line in the file, but for the product: `company` was loaded as `electronics`. */
const LINE = `concat_ws(',', replace(order_id::text, '-', ''), replace(user_id::text, '-', ''),
  replace(page_id::text, '-', ''), product, site_version, to_char("time" AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'),
  title, target)`;

/**
 * Rejects rows of a table or query, whose order_id has another content already.
 * @returns how many; of a load no more than MOST_KEPT are stored
 */
export async function rejectRepeats(client: Client, load: Unfinished, rows: string): Promise<number> {
  const { rows: counted } = await client.query<{ count: number }>(
    `WITH repeated AS MATERIALIZED (${rows}), kept AS (
       INSERT INTO rejected_rows (load_id, file, "column", reason, content)
       SELECT $1, $2, 'order_id',
         format('received "%s" again with other content, expected one row an id', replace(order_id::text, '-', '')), ${LINE}
       FROM repeated LIMIT $3
     )
     SELECT count(*) AS count FROM repeated`,
    [load.load_id, load.source, Math.max(0, MOST_KEPT - load.rejected)],
  );
  return counted[0]?.count ?? 0;
}

/** Leaves one row of each order_id in the load's table. @returns the load afterwards */
export async function dropRepeats(client: pg.PoolClient, load: Unfinished): Promise<Unfinished> {
  const table = stageTable(load);
  return transact(client, async () => {
    await client.query(
      `CREATE TEMP TABLE repeats ON COMMIT DROP AS
       SELECT s.ctid AS place, row_number() OVER same_id AS number,
         ${contentOf('s')} IS DISTINCT FROM first_value(${contentOf('s')}) OVER same_id AS differs
       FROM ${table} AS s
       WHERE order_id IN (SELECT order_id FROM ${table} GROUP BY order_id HAVING count(*) > 1)
       WINDOW same_id AS (PARTITION BY order_id ORDER BY ctid)`,
    );
    const repeated = `SELECT s.* FROM ${table} AS s JOIN repeats ON s.ctid = place WHERE number > 1`;
    const rejected = await rejectRepeats(client, load, `${repeated} AND differs`);
    const { rowCount } = await client.query(
      `DELETE FROM ${table} AS s USING repeats WHERE s.ctid = place AND number > 1`,
    );
    const removed = rowCount ?? 0;
    return changeStage(client, { add: { rows: -removed, rejected, present: removed - rejected } });
  });
}
