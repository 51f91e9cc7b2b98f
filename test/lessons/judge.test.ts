// What is right follows from what is measured.

import { describe, expect, it } from 'vitest';
import { judge } from '../../src/lessons/judge.ts';
import type { MeasureName } from '../../src/lessons/lesson.ts';

describe('an answer', () => {
  const number = { ask: '', hint: '', of: 'lag_peak', within: 0.25 } as const;
  const choice = {
    ask: '',
    hint: '',
    choices: [
      { text: 'lost', when: [{ of: 'missing' as const, least: 1 }] },
      { text: 'once', when: [{ of: 'missing' as const, most: 0 }] },
    ],
  };
  const measured = (value: number) => async (_name: MeasureName) => value;

  it.each([
    ['100', 100, true],
    ['76', 100, true],
    ['74', 100, false],
    ['125', 100, true],
    ['126', 100, false],
    [' 100 ', 100, true],
    ['0', 0, true],
    ['1', 0, false],
  ])('an answer of %s is judged by what was measured, %i', async (given, value, right) => {
    expect((await judge(number, given, measured(value))).right).toBe(right);
  });

  it('an answer by choice is right where its condition holds now', async () => {
    expect(await judge(choice, '1', measured(0))).toEqual({ right: true, answer: 'once' });
    expect(await judge(choice, '1', measured(3))).toEqual({ right: false, answer: 'lost' });
  });

  it('a wrong choice is told all that would have been right, and each thing is measured once', async () => {
    let asked = 0;
    const both = {
      ...choice,
      choices: [
        { text: 'some', when: [{ of: 'missing' as const, least: 1, most: 5 }] },
        {
          text: 'few',
          when: [
            { of: 'missing' as const, most: 5 },
            { of: 'repeated' as const, most: 5 },
          ],
        },
        { text: 'none', when: [{ of: 'missing' as const, most: 0 }] },
      ],
    };
    const ask = async () => {
      asked += 1;
      return 5;
    };
    expect(await judge(both, '2', ask)).toEqual({ right: false, answer: 'some; or: few' });
    expect(asked).toBe(2);
  });

  it('what would have been right is told with how near an answer had to be', async () => {
    expect(await judge(number, '1', measured(40))).toEqual({ right: false, answer: '40 (within 25 %)' });
    expect(await judge({ ...number, within: 0 }, '40', measured(40))).toEqual({ right: true, answer: '40' });
  });

  it('an answer by a choice that is not there is refused', async () => {
    await expect(judge(choice, '2', measured(1))).rejects.toMatchObject({
      status: 400,
      details: { received: '2', expected: '0 to 1' },
    });
  });

  it.each(['', 'many', '-1', '1.5', '9'.repeat(20)])(
    'an answer that is none is told so: %s',
    async (given) => {
      await expect(judge(number, given, measured(1))).rejects.toThrow('the answer is no number');
      await expect(judge(choice, given, measured(1))).rejects.toThrow('there is no such choice');
    },
  );
});
