import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import type { Source } from '../../../../seed/csv/packing.ts';
import { findLines } from '../../../../seed/load/rejects/locate.ts';
import { HEADER } from '../../../../seed/published.ts';

const ID = '0123456789abcdef'.repeat(2);
const OTHER = 'f'.repeat(32);
const row = (id: string, product = 'clothes') =>
  `${id},${ID},${ID},${product},mobile,2019-01-11 09:24:43,order,1`;
const LINES = [HEADER, row(OTHER), row(ID), row(ID, 'sneakers'), row(OTHER)];

function sourceOf(text: string, size = 50): Source {
  const bytes = Buffer.from(text);
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
  return { name: 'p.csv', packing: 'plain', size: undefined, taken: () => 0, chunks: Readable.from(pieces) };
}

const find = async (text: string, ...wanted: string[]) =>
  Object.fromEntries(await findLines(sourceOf(text), new Set(wanted)));

it('findLines finds the line of each content, the header being line 1, and the last one of those that are alike', async () => {
  const found = await find(LINES.join('\n'), row(ID, 'sneakers'), row(OTHER), row('a'.repeat(32)));
  expect(found).toEqual({ [row(ID, 'sneakers')]: 4, [row(OTHER)]: 5 });
});

it.each([
  ['line ends as on Windows', (line: string) => `${line}\r`],
  ['fields in quotes', (line: string) => line.replace(/[^,]+/g, '"$&"')],
  ['ids in capitals', (line: string) => line.replaceAll(ID, ID.toUpperCase())],
  ['ids with dashes', (line: string) => line.replaceAll(ID, '01234567-89ab-cdef-0123-456789abcdef')],
  [
    'ids with dashes and capitals in quotes',
    (line: string) => line.replaceAll(ID, '"01234567-89AB-CDEF-0123-456789ABCDEF"'),
  ],
  ['times in ISO 8601', (line: string) => line.replace('11 09', '11T09')],
  ['columns in another order', (line: string) => line.split(',').reverse().join(';')],
])('findLines finds it in a file with %s', async (_, change) => {
  expect(await find(LINES.map(change).join('\n'), row(ID, 'sneakers'))).toEqual({ [row(ID, 'sneakers')]: 4 });
});

it('findLines finds a banner of the company as the electronics that are stored', async () => {
  expect(await find([HEADER, row(ID, 'company')].join('\n'), row(ID, 'electronics'))).toEqual({
    [row(ID, 'electronics')]: 2,
  });
});

it('findLines passes over lines that are no rows', async () => {
  expect(await find([HEADER, ID, `${ID},`, '', '"', row(ID)].join('\n'), row(ID))).toEqual({ [row(ID)]: 6 });
});
