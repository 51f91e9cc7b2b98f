// The published facts of the Kaggle dataset "How to do product analytics" (podsyp): header, size, and counts by product,
// device and title. The replica is made to these counts, and verify compares with them.

import { DEVICES, type Device, TITLES, type Title } from '../src/events/event.ts';

/** The first line of product.csv. */
export const HEADER = 'order_id,user_id,page_id,product,site_version,time,title,target';

/** Products by their names in the file: `company`, the banner of the whole company, is loaded as `electronics`. */
export const FILE_PRODUCTS = ['accessories', 'clothes', 'company', 'sneakers', 'sports_nutrition'] as const;
export type FileProduct = (typeof FILE_PRODUCTS)[number];

/** One of the 30 combinations that the dataset is published by. */
export type Cell = { readonly product: FileProduct; readonly device: Device; readonly title: Title };

type Counts = Readonly<Record<Device, Readonly<Record<Title, number>>>>;
const counts = (mobile: readonly number[], desktop: readonly number[]): Counts => {
  const byTitle = ([banner_show = 0, banner_click = 0, order = 0]: readonly number[]) => ({
    banner_show,
    banner_click,
    order,
  });
  return { mobile: byTitle(mobile), desktop: byTitle(desktop) };
};

/** Shows, clicks and orders on mobile, then on desktop. */
const PUBLISHED: Readonly<Record<FileProduct, Counts>> = {
  accessories: counts([1_030_951, 117_723, 22_430], [410_003, 18_531, 22_121]),
  clothes: counts([1_035_058, 187_814, 45_738], [418_070, 32_781, 66_977]),
  company: counts([1_102_861, 116_357, 0], [477_374, 28_464, 0]),
  sneakers: counts([1_041_430, 161_177, 35_154], [411_597, 21_419, 32_565]),
  sports_nutrition: counts([1_048_375, 131_048, 12_219], [417_595, 13_870, 11_518]),
};

/** All 30 cells, by product, then device, then title. */
export const CELLS: readonly Cell[] = FILE_PRODUCTS.flatMap((product) =>
  DEVICES.flatMap((device) => TITLES.map((title) => ({ product, device, title }))),
);

/** Number of the dataset's rows in a cell. */
export const publishedCount = ({ product, device, title }: Cell): number => PUBLISHED[product][device][title];

/** 8,471,220. */
export const PUBLISHED_ROWS = CELLS.reduce((sum, cell) => sum + publishedCount(cell), 0);

/** The busiest user of the dataset has this many rows. */
export const MOST_ROWS_OF_A_USER = 23;

/**
 * Apportions `rows` among the cells in the published proportions: each gets its quota rounded down, then those with
 * the largest remainders one more (Hamilton's method), so that the shares add up to `rows` exactly.
 * @param rows a whole number from 0
 */
export function shareOut(rows: number): number[] {
  const quotas = CELLS.map((cell) => (publishedCount(cell) / PUBLISHED_ROWS) * rows);
  const shares = quotas.map(Math.floor);
  const left = rows - shares.reduce((sum, share) => sum + share, 0);
  const byRemainder = quotas
    .map((quota, index) => ({ index, remainder: quota - Math.floor(quota) }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const { index } of byRemainder.slice(0, left)) shares[index] = (shares[index] ?? 0) + 1;
  return shares;
}
