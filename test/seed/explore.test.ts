import { constants, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { exploreFile } from '../../seed/explore.ts';
import { HEADER } from '../../seed/published.ts';
import { ORDER_PAGE_ID } from '../../src/events/ids.ts';
import { fileOf, replicaFile, replicaText, rowsOf, zipOf } from './support.ts';

const ROWS = 2_000;

describe('exploreFile', () => {
  it('exploreFile answers what the notebook asked', async () => {
    const rows = rowsOf(ROWS).map((line) => line.split(','));
    const found = await exploreFile(await replicaFile(ROWS));
    expect(found).toMatchObject({ rows: ROWS, order_id_is_unique: true });
    expect(found.columns).toEqual([
      ...HEADER.split(',')
        .slice(0, 5)
        .map((name) => ({ name, type: 'VARCHAR' })),
      { name: 'time', type: 'TIMESTAMP' },
      { name: 'title', type: 'VARCHAR' },
      { name: 'target', type: 'BIGINT' },
    ]);
    expect(found.first_rows.map((row) => Object.values(row).map(String))).toEqual(rows.slice(0, 5));
    expect(found.top_pages[0]).toEqual({
      page_id: ORDER_PAGE_ID,
      rows: rows.filter((row) => row[6] === 'order').length,
    });
    expect(found.top_products).toHaveLength(5);
    expect(found.top_users[0]?.user_id).toMatch(/^[0-9a-f]{32}$/);
    const counted = found.titles_and_devices.map((row) => [row.title, row.site_version, row.rows]);
    expect(counted).toContainEqual([
      'banner_click',
      'mobile',
      rows.filter((row) => row[6] === 'banner_click' && row[4] === 'mobile').length,
    ]);
  });

  it('exploreFile reads gzip and zip', async () => {
    const text = replicaText(ROWS);
    for (const packed of [
      await fileOf(gzipSync(text), 'p.csv.gz'),
      await fileOf(zipOf({ 'product.csv': text }), 'p.zip'),
    ]) {
      expect(await exploreFile(packed)).toMatchObject({ rows: ROWS });
    }
  });

  it('exploreFile sees a repeated order_id, and takes ids of any form', async () => {
    const [row = ''] = rowsOf(1);
    const odd = row.replace(/^[^,]+/, 'A-1');
    const found = await exploreFile(await fileOf(`${HEADER}\n${odd}\n${odd}\n${row}\n`));
    expect(found).toMatchObject({ rows: 3, order_id_is_unique: false });
  });

  it('exploreFile says which columns are missing', async () => {
    await expect(exploreFile(await fileOf('a,b\n1,2\n'))).rejects.toMatchObject({
      code: 'WRONG_HEADER',
      message: expect.stringMatching(/received the columns a, b, expected order_id, user_id/),
    });
  });

  it('exploreFile shows no control character of a file to a terminal', async () => {
    await expect(exploreFile(await fileOf('\u001b[31ma,b\n1,2\n'))).rejects.toThrow('\\u001b[31ma, b,');
  });

  it('exploreFile says what is wrong with a file that is none', async () => {
    await expect(exploreFile('/nowhere.csv')).rejects.toMatchObject({ code: 'FILE_MISSING' });
    const cut = gzipSync(replicaText(ROWS), { finishFlush: constants.Z_SYNC_FLUSH });
    for (const [content, code, words] of [
      [cut, 'FILE_TRUNCATED', 'ends too early'],
      [gzipSync(''), 'FILE_EMPTY', 'which is empty'],
      ['\ufeff', 'FILE_EMPTY', 'which is empty'],
      [
        Buffer.from(`\ufeff${HEADER}\n`, 'utf16le'),
        'WRONG_ENCODING',
        'text in UTF-16, expected CSV in UTF-8',
      ],
    ] as const)
      await expect(exploreFile(await fileOf(content))).rejects.toMatchObject({
        code,
        message: expect.stringContaining(words),
      });
    await expect(exploreFile('/dev/zero')).rejects.toMatchObject({ code: 'LINE_TOO_LONG' });
  });
});
