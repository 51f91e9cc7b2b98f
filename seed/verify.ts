// Compares the loaded rows with the dataset's published counts, cell by cell.

import type { Pool } from '../src/db/pool.ts';
import type { Device, Title } from '../src/events/event.ts';
import { CELLS, type FileProduct, publishedCount } from './published.ts';

export type VerifiedCell = {
  /** As the file names it: `company` is loaded as `electronics`. */
  readonly product: FileProduct;
  readonly device: Device;
  readonly title: Title;
  readonly published: number;
  readonly loaded: number;
  readonly difference: number;
};

export type Verification = {
  readonly cells: readonly VerifiedCell[];
  readonly published: number;
  readonly loaded: number;
  /** How many of the 30 cells differ; 0 where the whole dataset is there, and nothing else. */
  readonly different: number;
};

/**
 * Counts the rows of January to May 2019 themselves, not the rollups of them. Events from Kafka don't count.
 * At full size it takes some seconds.
 */
export async function verifyCounts(pool: Pool): Promise<Verification> {
  const { rows } = await pool.query<{ product: string; device: Device; title: Title; count: number }>(
    `SELECT product, site_version AS device, title, count(*) AS count
     FROM events
     WHERE "time" >= '2019-01-01Z' AND "time" < '2019-06-01Z'
       AND topic IS NULL
     GROUP BY product, site_version, title`,
  );
  const loadedCounts = new Map(rows.map((row) => [`${row.product} ${row.device} ${row.title}`, row.count]));
  const cells = CELLS.map((cell) => {
    const product = cell.product === 'company' ? 'electronics' : cell.product;
    const published = publishedCount(cell);
    const loaded = loadedCounts.get(`${product} ${cell.device} ${cell.title}`) ?? 0;
    return { ...cell, published, loaded, difference: loaded - published };
  });
  return {
    cells,
    published: cells.reduce((sum, cell) => sum + cell.published, 0),
    loaded: cells.reduce((sum, cell) => sum + cell.loaded, 0),
    different: cells.filter(({ difference }) => difference !== 0).length,
  };
}
