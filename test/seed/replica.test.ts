import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { CELLS, HEADER, MOST_ROWS_OF_A_USER, shareOut } from '../../seed/published.ts';
import { replicaRows } from '../../seed/replica/rows.ts';
import { replicaChunks, writeReplica } from '../../seed/replica.ts';
import { md5Hex, ORDER_PAGE_ID } from '../../src/events/ids.ts';
import { MAIN } from '../support/command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { replicaText, rowsOf } from './support.ts';

type Fields = readonly [string, string, string, string, string, string, string, string];
const ROWS = 30_000;
const rows = rowsOf(ROWS).map((line) => line.split(',') as unknown as Fields);

describe('a replica', () => {
  it('is byte for byte the same for the same seed, and another one for another', () => {
    const digest = (seed: number) => createHash('sha256').update(replicaText(5_000, seed)).digest('hex');
    expect(digest(1)).toBe('89114fa3645464261d853470af25c3d90710118f5dc59a7d0d06a46616e982d0');
    expect(digest(1)).toBe(digest(1));
    expect(digest(2)).not.toBe(digest(1));
    expect(digest(2 ** 32 + 1)).not.toBe(digest(1));
  });

  it('is all that `npm run replica > file` leaves in the file, without what npm says before it', () => {
    const file = path.join(temporaryFolder(), 'product.csv');
    const banner = String.raw`\n> shopstream@0.1.0 replica\n> npm run build && node main.js replica\n\n`;
    const command = `{ printf '${banner}'; ${process.execPath} ${MAIN} replica --rows 50 --seed 1; } > ${file}`;
    execFileSync('sh', ['-c', command]);
    expect(readFileSync(file, 'utf8')).toBe(replicaText(50, 1).toString());
  });

  it('has each cell’s share of the rows', () => {
    const counts = CELLS.map(
      ({ product, device, title }) =>
        rows.filter((row) => row[3] === product && row[4] === device && row[6] === title).length,
    );
    expect(counts).toEqual(shareOut(ROWS));
  });

  it('has as many rows as asked for, from one on', () => {
    for (let size = 1; size <= 300; size++)
      expect([...replicaRows({ rows: size, seed: 1 })]).toHaveLength(size);
  });

  it('makes ids as the dataset does', () => {
    expect(rows.map(([orderId]) => orderId)).toEqual(rows.map((_, index) => md5Hex(String(index))));
    const wrong = ([, , page, , , , title, target]: Fields) =>
      (page === ORDER_PAGE_ID) !== (title === 'order') || target !== (title === 'order' ? '1' : '0');
    expect(rows.filter(wrong)).toEqual([]);
    expect(rows.some(([, user]) => user === md5Hex('7'))).toBe(true);
  });

  it('shows before it is clicked, and is clicked on the page that was shown', () => {
    const shown = new Map(
      rows.filter(([, , , , , , title]) => title === 'banner_show').map((row) => [row[2], row]),
    );
    for (const [, user, page, product, device, time, title] of rows) {
      if (title !== 'banner_click') continue;
      const show = shown.get(page);
      expect(show?.slice(1, 5)).toEqual([user, page, product, device]);
      expect(String(show?.[5]) < time).toBe(true);
    }
  });

  it('shows a user what the user orders before the order', () => {
    const shown = new Map<string, string>();
    for (const [, user, , product, , time, title] of rows) {
      const key = `${user} ${product}`;
      if (title === 'banner_show' && time < (shown.get(key) ?? '9')) shown.set(key, time);
    }
    const orders = rows.filter(([, , , , , , title]) => title === 'order');
    const isFirst = ([, user, , product, , time]: Fields) => time <= (shown.get(`${user} ${product}`) ?? '9');
    expect(orders.length).toBeGreaterThan(0);
    expect(orders.filter(isFirst)).toEqual([]);
  });

  it('lies in January to May 2019, with quiet nights and weekends', () => {
    const times = rows.map((row) => row[5]);
    const usual = /^2019-0[1-5]-\d\d [0-2]\d:[0-5]\d:[0-5]\d$/;
    expect(times.filter((time) => !usual.test(time))).toEqual([]);
    const hours = (hour: string) => times.filter((time) => time.slice(11, 13) === hour).length;
    expect(hours('20')).toBeGreaterThan(5 * hours('03'));
    const weekday = (day: number) =>
      times.filter((time) => new Date(`${time.replace(' ', 'T')}Z`).getUTCDay() === day).length;
    expect(weekday(6) / weekday(3)).toBeLessThan(0.85);
  });

  it('gives no user more rows than the busiest of the dataset has', () => {
    const counts = new Map<string, number>();
    for (const [, user] of rows) counts.set(user, (counts.get(user) ?? 0) + 1);
    expect(Math.max(...counts.values())).toBeLessThanOrEqual(MOST_ROWS_OF_A_USER);
    expect(rows.length / counts.size).toBeCloseTo(2, 0);
  });

  it('is written whole to a stream that takes its time', async () => {
    const out = new PassThrough({ highWaterMark: 1024 });
    const parts: Buffer[] = [];
    out.on('data', (part: Buffer) => parts.push(part));
    const result = await writeReplica({ rows: 5_000, seed: 3, out });
    const whole = Buffer.concat([...replicaChunks({ rows: 5_000, seed: 3 })]);
    expect(Buffer.concat(parts).equals(whole)).toBe(true);
    expect(result).toEqual({ rows: 5_000, bytes: whole.length });
    expect(whole.toString('utf8', 0, HEADER.length + 1)).toBe(`${HEADER}\n`);
  });

  it('stops quietly where nobody reads on', async () => {
    const out = new PassThrough({ highWaterMark: 1024 });
    out.once('data', () => out.destroy());
    await expect(writeReplica({ rows: 100_000, seed: 3, out })).resolves.toBeDefined();
  });

  it.each([[0], [-1], [1.5], [Number.NaN]])('refuses %s rows', async (size) => {
    await expect(writeReplica({ rows: size, seed: 1, out: new PassThrough() })).rejects.toMatchObject({
      code: 'WRONG_OPTION',
      message: expect.stringContaining(`received ${size}`),
    });
  });
});
