import { expect, it } from 'vitest';
import type { RunAnswer } from '../../../src/lessons/run-answer.ts';
import type { Ledger } from '../../../src/pipeline/ledger.ts';
import { script } from '../script.ts';
import { WHOLE } from './state.ts';

type Words = {
  runWords(run: RunAnswer): string;
  spokenWords(run: RunAnswer): string;
  ledgerLine(ledger: Ledger): string;
  scoreWords(points: number, rounds: number): string;
};
const { runWords, spokenWords, ledgerLine, scoreWords } = await script<Words>('pipeline/lesson-words.js');

it.each<[RunAnswer['state'], number, string]>([
  ['idle', 0, 'Not started.'],
  ['running', 0, 'Running, 30 s to go.'],
  ['running', 29, 'Running, 1 s to go.'],
  ['running', 30, 'The pipe catches up …'],
  ['running', 45, 'The pipe catches up …'],
  ['over', 50, 'Over. Answer below.'],
  ['failed', 3, 'It could not be done: Kafka is away.'],
])('a run that is %s after %i seconds of 30 is said to be: %s', (state, seconds, words) => {
  const run = { state, seconds, lasts: 30, failure: 'Kafka is away', facts: [] };
  expect(runWords(run)).toBe(words);
  expect(spokenWords(run)).toBe(words.includes('to go') ? 'Running.' : words);
});

it('the ledger of a lesson is one equation, with offsets that have no record only where there are some', () => {
  expect(ledgerLine({ ...WHOLE, acknowledged: 1_002, on_the_way: 2 })).toBe(
    'Ledger: 1,002 acknowledged = 980 stored + 15 repeated + 5 set aside + 2 on the way.',
  );
  expect(ledgerLine({ ...WHOLE, acknowledged: 1_004, absent: 4 })).toMatch(
    / \+ 0 on the way \+ 4 no record there\.$/,
  );
});

it('the score of the quiz is of three points a round, and nothing before the first', () => {
  expect([scoreWords(0, 0), scoreWords(0, 1), scoreWords(7, 3)]).toEqual([
    '',
    '0 of 3 points so far.',
    '7 of 9 points so far.',
  ]);
});
