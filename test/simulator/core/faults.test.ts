import { describe, expect, it } from 'vitest';
import { FAULT_NAMES, parseFaults, parseShare } from '../../../src/simulator/core/faults.ts';

const ALWAYS = { from: 0, until: Number.POSITIVE_INFINITY };

describe('a share', () => {
  it.each([
    ['0', 0],
    ['1', 1],
    ['100%', 1],
    ['5%', 0.05],
    [' 2.5% ', 0.025],
    ['0.000001', 0.000001],
    // As JavaScript writes a ten-millionth, and what it makes of 1.1 %.
    ['1e-7', 1e-7],
    ['0.011000000000000001', 0.011000000000000001],
  ])('a share is read from %j', (text, share) => {
    expect(parseShare(text)).toBe(share);
  });

  it.each(['', '%', '1.1', '101%', '500', '-5%', '5 %', '.5', '0x1', '1e3', 'NaN', '5%%', '5%x'])(
    'a share is refused where it is %j',
    (text) => {
      expect(() => parseShare(text)).toThrow(
        `share: received ${JSON.stringify(text)}, expected a share, as 5% or 0.05`,
      );
    },
  );
});

describe('faults', () => {
  it('faults last for the whole run where no time is given', () => {
    expect(parseFaults('late=5%, duplicate=0.02')).toEqual([
      { fault: 'late', share: 0.05, ...ALWAYS },
      { fault: 'duplicate', share: 0.02, ...ALWAYS },
    ]);
  });

  it('faults begin after their @, and last as long as their +', () => {
    expect(parseFaults('late=5%@1m+30s,malformed=1%+10s,bot-surge=1%@2s')).toEqual([
      { fault: 'late', share: 0.05, from: 60_000, until: 90_000 },
      { fault: 'malformed', share: 0.01, from: 0, until: 10_000 },
      { fault: 'bot-surge', share: 0.01, from: 2_000, until: Number.POSITIVE_INFINITY },
    ]);
  });

  it('faults are all of them by one word, each with the share', () => {
    expect(parseFaults('all=3%@1s')).toEqual(
      FAULT_NAMES.map((fault) => ({ fault, share: 0.03, from: 1_000, until: Number.POSITIVE_INFINITY })),
    );
  });

  it.each([
    ['', 'chaos: received "", expected name=share with late, out-of-order,'],
    ['late', 'chaos: received "late"'],
    ['late=5%,', 'chaos: received ""'],
    ['toString=5%', 'chaos: received "toString=5%"'],
    ['late=', 'chaos: received "late="'],
    ['late=x', 'share: received "x"'],
    ['late=5%@soon', 'chaos: received "soon", expected a time as 30s'],
    ['late=5%+', 'chaos: received "late=5%+"'],
  ])('faults are refused where they are %j, by the part that is wrong', (text, words) => {
    expect(() => parseFaults(text)).toThrow(words);
  });
});
