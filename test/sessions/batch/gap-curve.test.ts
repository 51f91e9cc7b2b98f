import { expect, it } from 'vitest';
import { readGapCurve } from '../../../src/sessions/batch/gap-curve.ts';
import { readRules } from '../../../src/sessions/batch/rules.ts';
import { ask, clickLine, GAP_MS, writeFiles } from './files.ts';

const NOON = Date.UTC(2019, 4, 1, 12);
const at = (anonymous_id: string, ...times: readonly number[]) =>
  times.map((device_sent_timestamp) => clickLine({ anonymous_id, device_sent_timestamp }));

const FILE = [
  // Exactly the gap, and a millisecond less.
  ...at('exact', NOON, NOON + GAP_MS, NOON + 2 * GAP_MS - 1),
  // Ten and twenty minutes apart.
  ...at('ten', NOON - 300_000, NOON + 300_000),
  ...at('once', 60_000),
  ...at('twenty', NOON + 25 * 60_000, NOON + 45 * 60_000),
].join('\n');

it('the gap curve counts what each gap would count alone', async () => {
  const paths = writeFiles({ 'a.json': FILE });
  const { answer } = await ask(paths, readGapCurve);
  for (const { gap, sessions } of answer) {
    const alone = await ask(paths, (connection) => readRules(connection, 'ours'), {
      ids: 'kept',
      gapMs: Number.parseInt(gap, 10) * 60_000,
    });
    expect(`${gap} ${sessions}`).toBe(`${gap} ${alone.answer.totals[0]?.sessions}`);
  }
  expect(answer.map(({ sessions }) => sessions)).toEqual([8, 8, 8, 7, 5, 4]);
});
