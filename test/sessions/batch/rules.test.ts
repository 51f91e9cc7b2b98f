import { expect, it } from 'vitest';
import { readRules } from '../../../src/sessions/batch/rules.ts';
import { ask, clickLine, GAP_MS, writeFiles } from './files.ts';

const NOON = Date.UTC(2019, 4, 1, 12);
const at = (anonymous_id: string, ...times: readonly number[]) =>
  times.map((device_sent_timestamp) => clickLine({ anonymous_id, device_sent_timestamp }));

const FILE = [
  // Exactly the gap, and a millisecond less.
  ...at('exact', NOON, NOON + GAP_MS, NOON + 2 * GAP_MS - 1),
  // Over midnight, ten minutes apart.
  ...at('midnight', NOON + 12 * 3_600_000 - 300_000, NOON + 12 * 3_600_000 + 300_000),
  // A visit in the first half hour of 1970, which the original loses.
  ...at('early', 60_000),
  // Twenty minutes apart over a half hour of the clock.
  ...at('quix', NOON + 25 * 60_000, NOON + 45 * 60_000),
].join('\n');

const totalsOf = async (rule: Parameters<typeof readRules>[1], text = FILE) =>
  (await ask(writeFiles({ 'a.json': text }), (connection) => readRules(connection, rule), { ids: 'kept' }))
    .answer;

it('six rules give the totals that their definitions say', async () => {
  const { totals } = await totalsOf('ours');
  expect(Object.fromEntries(totals.map(({ rule, sessions }) => [rule, sessions]))).toEqual({
    ours: 5,
    flink: 4,
    spark: 4,
    midnight: 6,
    original: 4,
    quix: 7,
  });
});

it('the events at which a rule differs are named with visitor, gap and file', async () => {
  expect((await totalsOf('flink')).differences).toEqual([
    {
      visitor: 'exact',
      sent_ms: NOON + GAP_MS,
      gap_ms: GAP_MS,
      file: 'a.json',
      opens_by: 'ours',
    },
  ]);
  expect((await totalsOf('original')).differences).toEqual([
    { visitor: 'early', sent_ms: 60_000, gap_ms: null, file: 'a.json', opens_by: 'ours' },
  ]);
  expect((await totalsOf('midnight')).differences).toMatchObject([
    { visitor: 'midnight', gap_ms: 600_000, opens_by: 'midnight' },
  ]);
});

it('of many differences those of the first visitors are listed', async () => {
  const visitors = Array.from({ length: 30 }, (_, index) => `visitor-${String(index).padStart(2, '0')}`);
  const text = visitors.flatMap((id) => at(id, NOON, NOON + GAP_MS)).join('\n');
  const { totals, differences } = await totalsOf('flink', text);
  expect(totals.find(({ rule }) => rule === 'flink')?.differing_events).toBe(30);
  expect(differences.map(({ visitor }) => visitor)).toEqual(visitors.slice(0, 20));
});
