// Every way in which a file can be no good, each with a message that says what came and what was expected.

import { randomBytes } from 'node:crypto';
import { chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { loadFile } from '../../seed/load.ts';
import { HEADER } from '../../seed/published.ts';
import { loadSample } from '../../seed/sample.ts';
import { migratedDatabase, testLog } from '../support/database.ts';
import { expectRollupsEqualEvents } from '../support/recount.ts';
import { countEvents } from './count-events.ts';
import { fileOf, rowsOf, zipOf } from './support.ts';

const { pool } = await migratedDatabase();

/** Nothing is loaded, and nothing lies about. */
async function expectRefused(file: string, code: string, ...words: string[]): Promise<void> {
  const before = await countEvents(pool);
  const error: unknown = await loadFile({ pool, log: testLog, file }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: 'DatasetError', code });
  for (const word of words) expect(String(error)).toContain(word);
  expect(await countEvents(pool)).toBe(before);
  expect((await pool.query('TABLE unfinished_load')).rows).toEqual([]);
}

describe('a file that is refused as a whole', () => {
  const [first = ''] = rowsOf(1);

  it('loadFile refuses a file that does not exist', () =>
    expectRefused('/nowhere/product.csv', 'FILE_MISSING', '/nowhere/product.csv'));
  it('loadFile refuses a folder', () =>
    expectRefused(tmpdir(), 'FILE_IS_FOLDER', tmpdir(), 'expected a CSV file'));
  it('loadFile refuses an empty file', async () =>
    expectRefused(await fileOf(''), 'FILE_EMPTY', 'expected a CSV file with a header'));
  it('loadFile refuses an empty file in a zip', async () =>
    expectRefused(await fileOf(gzipSync('')), 'FILE_EMPTY'));
  it('loadFile refuses a file with nothing but a header', async () =>
    expectRefused(await fileOf(`${HEADER}\n`), 'NO_ROWS', 'expected at least one row'));
  it('loadFile refuses a file without a good row', async () =>
    expectRefused(
      await fileOf(`${HEADER}\nx,y\n`),
      'NO_ROWS',
      'none of whose 1 rows is good',
      'line 2',
      '2 fields',
    ));

  it('loadFile refuses a file with another header', async () =>
    expectRefused(
      await fileOf(`id,name\n1,x\n`),
      'WRONG_HEADER',
      '"id,name"',
      `expected the columns ${HEADER}`,
    ));
  it('loadFile refuses a file whose header lacks a column', async () =>
    expectRefused(
      await fileOf(`${HEADER.replace(',target', '')}\n${first}`),
      'WRONG_HEADER',
      'which lacks target',
    ));
  it.each([
    ['a column twice', `${HEADER},time`, 'which has time twice'],
    ['a column too many', `${HEADER},price`, 'with "price", which the dataset does not have'],
    [
      'an index that is not the first column',
      `${HEADER},Unnamed: 0`,
      'with "unnamed: 0", which the dataset does not have',
    ],
    ['a quote that stays open', `"${HEADER}`, 'whose quotes do not pair'],
    ['another delimiter', HEADER.replaceAll(',', ':'), 'which is not the header of the dataset'],
  ])('loadFile refuses a file whose header has %s', async (_, header, rule) =>
    expectRefused(await fileOf(`${header}\n`), 'WRONG_HEADER', rule, `expected the columns ${HEADER}`),
  );
  it('loadFile refuses a file without a header', async () =>
    expectRefused(await fileOf(`${first}\n`), 'WRONG_HEADER', first.slice(0, 20)));

  it('loadFile refuses a file in UTF-16', async () =>
    expectRefused(
      await fileOf(Buffer.from(`\uFEFF${HEADER}\n${first}\n`, 'utf16le')),
      'WRONG_ENCODING',
      'UTF-16',
      'UTF-8',
    ));
  it('loadFile refuses a file in UTF-16 without a byte order mark', async () =>
    expectRefused(await fileOf(Buffer.from(`${HEADER}\n${first}\n`, 'utf16le')), 'WRONG_ENCODING', 'UTF-8'));

  it('loadFile refuses gzip that ends too early', async () => {
    const whole = gzipSync(Buffer.from(`${HEADER}\n${rowsOf(5_000).join('\n')}\n`));
    await expectRefused(
      await fileOf(whole.subarray(0, whole.length / 2)),
      'FILE_TRUNCATED',
      'ends too early',
    );
  });
  it('loadFile refuses gzip with a wrong byte', async () => {
    const whole = gzipSync(Buffer.from(`${HEADER}\n${rowsOf(5_000).join('\n')}\n`));
    randomBytes(64).copy(whole, whole.length / 2);
    await expectRefused(await fileOf(whole), 'FILE_DAMAGED', 'damaged');
  });
  it('loadFile refuses a zip with a wrong byte', async () => {
    const zip = zipOf({ 'product.csv': Buffer.from(`${HEADER}\n${rowsOf(2_000).join('\n')}\n`) });
    const checksum = zip.indexOf('PK\x01\x02') + 16;
    zip.writeUInt8(zip.readUInt8(checksum) ^ 1, checksum);
    await expectRefused(await fileOf(zip), 'FILE_DAMAGED', 'checksum', 'fetch it again');
  });
  it('loadFile refuses a zip that ends too early', async () =>
    expectRefused(await fileOf(Buffer.from('PK\x03\x04 and no more')), 'FILE_DAMAGED', 'no whole zip'));

  it('loadFile refuses a file that this user may not read', async () => {
    const file = await fileOf(`${HEADER}\n${first}\n`);
    await chmod(file, 0o000);
    // Root may read everything: it becomes somebody else for a moment.
    const user = process.geteuid?.();
    if (user === 0) process.seteuid?.(65534);
    try {
      await expectRefused(file, 'FILE_DENIED', 'this user may not read');
    } finally {
      if (user === 0) process.seteuid?.(0);
    }
  });

  it('a file that is refused leaves the sample where it is', async () => {
    const { pool: fresh } = await migratedDatabase();
    await loadSample(fresh, testLog);
    await expect(loadFile({ pool: fresh, log: testLog, file: await fileOf('a,b\n') })).rejects.toThrow();
    expect(await countEvents(fresh)).toBe(20_000);
    await expectRollupsEqualEvents(fresh);
  });
});
