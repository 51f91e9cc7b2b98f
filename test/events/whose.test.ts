import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  ASKED,
  isWanted,
  readWhose,
  USUAL,
  type Whose,
  whoseIs,
  whoseKey,
  whoseQuery,
  whoseText,
} from '../../src/events/whose.ts';

const CHOICES: readonly Whose[] = ASKED.flatMap((robots) =>
  ASKED.map((simulated) => ({ robots, simulated })),
);
const KINDS = [false, true].flatMap((robot) => [false, true].map((simulated) => ({ robot, simulated })));
const query = (whose: Whose) => Object.fromEntries(new URLSearchParams(whoseText(whose)));

it.each([
  [USUAL, ['person', 'simulated person']],
  [{ robots: 'only', simulated: 'include' }, ['robot', 'simulated robot']],
  [{ robots: 'include', simulated: 'exclude' }, ['person', 'robot']],
  [{ robots: 'exclude', simulated: 'only' }, ['simulated person']],
] as const)('%j counts %j', (whose, expected) => {
  const wanted = KINDS.filter(isWanted(whose));
  const names = wanted.map(
    ({ robot, simulated }) => `${simulated ? 'simulated ' : ''}${robot ? 'robot' : 'person'}`,
  );
  expect(new Set(names)).toEqual(new Set(expected));
});

it.each(CHOICES)('an event is counted in memory where SQL counts it: %j', (whose) => {
  const [robot, simulated] = whoseIs(whose);
  // (robot = $1 OR $1 IS NULL) AND (simulated = $2 OR $2 IS NULL)
  const bySql = KINDS.filter(
    (event) =>
      (robot === null || event.robot === robot) && (simulated === null || event.simulated === simulated),
  );
  expect(KINDS.filter(isWanted(whose))).toEqual(bySql);
});

describe('what a link adds', () => {
  it.each(CHOICES)('what a link adds leads to the same choice: %j', (whose) => {
    expect(readWhose(query(whose))).toEqual(whose);
    expect(z.object(whoseQuery).parse(query(whose))).toEqual(whose);
  });

  it('what a link adds is nothing for the usual choice', () => {
    expect(whoseText(USUAL)).toBe('');
    expect(whoseText({ ...USUAL, robots: 'only' })).toBe('robots=only&');
  });
});

it('each choice has a key of its own', () => {
  expect(new Set(CHOICES.map(whoseKey)).size).toBe(CHOICES.length);
});

it.each([{ robots: 'all' }, { robots: ['only'] }, { robots: { toString: 'only' } }, { ROBOTS: 'only' }, {}])(
  'a page asked for %j shows the usual',
  (asked) => {
    expect(readWhose(asked)).toEqual(USUAL);
  },
);

it('the API refuses a choice that there is not, and says which there are', () => {
  const { error } = z.object(whoseQuery).safeParse({ robots: 'all' });
  expect(error?.issues).toMatchObject([{ path: ['robots'], message: 'exclude, include, only' }]);
});
