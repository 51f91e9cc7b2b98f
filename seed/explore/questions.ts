// The questions, asked of the table `product` that the file was read into.

import type { DuckDBConnection } from '@duckdb/node-api';
import { EVENT_COLUMNS } from '../../src/events/event.ts';
import type { TableRow } from '../../src/runtime/table.ts';

export const WANTED_COLUMNS: readonly string[] = EVENT_COLUMNS;
export const ID_COLUMNS = ['order_id', 'user_id', 'page_id'] as const;
const TOP = 10;

export type Answers = {
  readonly rows: number;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly first_rows: readonly TableRow[];
  readonly order_id_is_unique: boolean;
  readonly top_products: readonly TableRow[];
  readonly top_users: readonly TableRow[];
  readonly top_pages: readonly TableRow[];
  readonly titles_and_devices: readonly TableRow[];
};

/** Asks all of them. @param columns the file's columns with their inferred types */
export async function answers(connection: DuckDBConnection, columns: Answers['columns']): Promise<Answers> {
  const ask = async (sql: string) =>
    (await connection.runAndReadAll(sql)).getRowObjectsJson() as Record<string, string | null>[];
  const count = async (sql: string) => (await ask(sql)).map((row) => ({ ...row, rows: Number(row.rows) }));
  const top = (column: string, shown = column) =>
    count(
      `SELECT ${shown} AS ${column}, count(*) AS rows FROM product GROUP BY product.${column}
       ORDER BY rows DESC, 1 LIMIT ${TOP}`,
    );
  const topIds = (column: string) => top(column, `replace(product.${column}::VARCHAR, '-', '')`);
  const [ids] = await ask('SELECT count(*) AS rows, count(DISTINCT order_id) AS ids FROM product');
  return {
    rows: Number(ids?.rows),
    columns,
    first_rows: await ask('FROM first_rows'),
    order_id_is_unique: ids?.ids === ids?.rows,
    top_products: await top('product'),
    top_users: await topIds('user_id'),
    top_pages: await topIds('page_id'),
    titles_and_devices: await count(
      'SELECT title, site_version, count(*) AS rows FROM product GROUP BY ALL ORDER BY title, site_version',
    ),
  };
}
