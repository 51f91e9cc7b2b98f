// What the page shows of a preview. The previews are made by the core out of records; the saved definition is given.

import { expect, it } from 'vitest';
import { checkValue } from '../../../src/aggregator/definition/read.ts';
import type { Definition } from '../../../src/aggregator/definition/schema.ts';
import type { Definitions, PreviewSource } from '../../../src/aggregator/definitions.ts';
import { previewModel } from '../../../src/aggregator/pages/preview-model.ts';
import { comparePreviews, previewFile } from '../../../src/aggregator/preview.ts';

const NOW = Date.UTC(2026, 0, 1);
const definitionOf = (operation: string, by: object): Definition =>
  checkValue({
    name: 'd',
    group: { fields: ['a'] },
    aggregate: [{ field: 'n', operation, as: 'n' }],
    flush: by,
  });
const ONCE = { by: 'END_OF_STREAM' };
const DAILY = { by: 'TIMEOUT', timeout: { type: 'DAY', time: '12:00', zone: 'UTC' } };

const fileOf = (...rows: string[]) => ({ name: 'rows.csv', text: `a,n\n${rows.join('\n')}\n` });

/** Definitions that know how to preview alone, beside a saved one. */
const definitionsWith = (saved?: Definition) =>
  ({
    preview: async (definition: Definition, source: PreviewSource) => {
      if (!('file' in source)) throw new Error('expected a file');
      const preview = await previewFile(definition, source.file, NOW);
      return {
        preview,
        changed:
          saved === undefined
            ? undefined
            : comparePreviews(await previewFile(saved, source.file, NOW), preview),
      };
    },
  }) as unknown as Definitions;

const modelOf = async (definition: Definition, source: PreviewSource | undefined, saved?: Definition) =>
  previewModel(definitionsWith(saved), definition, source, NOW);

it('without records a preview says what the definition does, and when it flushes next', async () => {
  const { words, nextFlushes, tried } = await modelOf(definitionOf('SUM', DAILY), undefined);
  expect(words).toEqual(['d groups by a.', 'Of each group it keeps SUM(n) as n.']);
  expect(nextFlushes).toMatchObject([
    { local: '2026-01-01 12:00 UTC' },
    { local: '2026-01-02 12:00 UTC' },
    {},
    {},
    {},
  ]);
  expect(tried).toBeUndefined();
});

it('a preview shows the last flushed rows, the newest first, with why they were', async () => {
  const rows = Array.from({ length: 25 }, (_, at) => `g${at},${at}`);
  const { tried, nextFlushes } = await modelOf(definitionOf('SUM', ONCE), { file: fileOf(...rows) });
  expect(nextFlushes).toBe('once, when all files were read');
  expect(tried).toMatchObject({ of: 'rows.csv', records: 25, flushedCount: 25, openCount: 0, asideCount: 0 });
  expect(tried?.flushed).toHaveLength(20);
  expect(tried?.flushed[0]).toEqual({
    id: '',
    flushed: '2026-01-01T00:00:00.000Z',
    type: 'ALL_FILES',
    why: 'end of stream',
    count: 1,
    columns: [
      { name: 'a', value: 'g24' },
      { name: 'n', value: '24' },
    ],
    isNew: false,
  });
  expect(tried?.flushed.at(-1)?.columns[0]?.value).toBe('g5');
  expect(tried?.changed).toBeUndefined();
});

it('a preview shows why a condition has flushed a row by its name', async () => {
  const conditions = [{ name: 'limit', aggregate: 'n', operator: '>=', value: 5 }];
  const { tried } = await modelOf(definitionOf('SUM', { ...DAILY, conditions }), { file: fileOf('x,5') });
  expect(tried?.flushed).toMatchObject([{ why: 'limit', type: 'CONDITION' }]);
});

it('a preview shows the first sessions that stay open, and the first records that would be set aside, with how many there are', async () => {
  const rows = Array.from({ length: 25 }, (_, at) => [`g${at},1`, `g${at},x`]).flat();
  const { tried } = await modelOf(definitionOf('SUM', DAILY), { file: fileOf(...rows) });
  expect([tried?.open.length, tried?.openCount, tried?.asides.length, tried?.asideCount]).toEqual([
    ...[20, 25, 10, 25],
  ]);
  expect(tried?.open[0]).toMatchObject({
    columns: [{ value: 'g0' }, { value: '1' }],
    due: '2026-01-01T12:00:00.000Z',
    dueIn: 'in 12 hours',
  });
  expect(tried?.asides[0]).toEqual({
    place: 'rows.csv:3',
    message: expect.stringContaining('n: received "x"'),
  });
});

it('a preview beside the saved definition marks the rows that are new, and shows some of those that are gone', async () => {
  const rows = Array.from({ length: 25 }, (_, at) => [`g${at},${at}`, `g${at},1`]).flat();
  const [max, sum] = [definitionOf('MAX', ONCE), definitionOf('SUM', ONCE)];
  const { tried } = await modelOf(max, { file: fileOf(...rows) }, sum);
  // Of g0, 0 and 1, both have 1; every other differs by 1.
  expect(tried?.changed).toMatchObject({
    added: 24,
    goneCount: 24,
    before: { flushed: 25, open: 0, asides: 0 },
  });
  expect(tried?.changed?.gone).toHaveLength(20);
  expect(tried?.changed?.gone[0]).toMatchObject({ columns: [{ value: 'g1' }, { value: '2' }] });
  expect(tried?.flushed.every(({ isNew }) => isNew)).toBe(true);
  const same = await modelOf(max, { file: fileOf('g0,0', 'g0,1', 'g1,7') }, sum);
  expect(same.tried?.flushed.map(({ isNew }) => isNew)).toEqual([false, false]);
});
