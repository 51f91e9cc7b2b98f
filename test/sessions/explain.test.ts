import { expect, it } from 'vitest';
import { explainVisits, lengthText } from '../../src/sessions/explain.ts';

it('each event says its gap and what follows from it', () => {
  const times = [0, 1_799_999, 3_599_999, 3_599_999];
  const verdicts = explainVisits(
    times.map((sentMs) => ({ sentMs, place: 'a.json' })),
    1_800_000,
  );
  expect(verdicts.map(({ verdict }) => verdict)).toEqual([
    'first event: session 1',
    '29:59.999 < 30:00.000: still session 1',
    '30:00.000 ≥ 30:00.000: new session 2',
    '0:00.000 < 30:00.000: still session 2',
  ]);
});

it.each([
  [7, '0:00.007'],
  [3_599_999, '59:59.999'],
  [3_600_000, '1:00:00.000'],
])('%s ms are written as %s', (ms, text) => expect(lengthText(ms)).toBe(text));
