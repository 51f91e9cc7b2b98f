import { describe, expect, it } from 'vitest';
import { type ReplayGiven, readReplayOptions } from '../../../src/simulator/replay/options.ts';

const NOW = Date.parse('2026-03-02T09:00:00.000Z');

describe('the options of a replay', () => {
  it('the options of a replay are the recorded speed, with gaps cut to ten seconds, from now on, where nothing else is said', () => {
    expect(readReplayOptions('a.csv', {}, NOW)).toMatchObject({
      file: 'a.csv',
      range: { fromMs: 0, toMs: undefined },
      pace: { speed: 1, longestGapMs: 10_000 },
      loop: false,
      seed: 1,
      faults: [],
      startMs: NOW,
    });
  });

  it.each([
    ['10x', 10],
    ['0.5', 0.5],
    ['1000000x', 1_000_000],
    ['max', Number.POSITIVE_INFINITY],
  ])('the options of a replay have the speed %s', (speed, factor) => {
    expect(readReplayOptions('a.csv', { speed }, NOW).pace.speed).toBe(factor);
  });

  it('the options of a replay keep every gap where the timing is to be kept', () => {
    expect(readReplayOptions('a.csv', { keepTiming: true }, NOW).pace.longestGapMs).toBe(
      Number.POSITIVE_INFINITY,
    );
  });

  it('the options of a replay may be of a range of the topic, without a file', () => {
    expect(readReplayOptions(undefined, { from: 1_000, to: 1_001 }, NOW).range).toEqual({
      fromMs: 1_000,
      toMs: 1_001,
    });
    expect(readReplayOptions(undefined, { from: 1_000 }, NOW).range).toEqual({
      fromMs: 1_000,
      toMs: undefined,
    });
  });

  it.each([
    ['a.csv', { speed: 'fast' }, 'speed: received "fast", expected 10x, 0.5x or max'],
    ['a.csv', { speed: '0' }, 'speed: received "0"'],
    ['a.csv', { speed: '1000001' }, 'speed: received "1000001"'],
    ['a.csv', { speed: '-1x' }, 'speed: received "-1x"'],
    ['a.csv', { map: 'time' }, 'map: received "time", expected column=field'],
    ['a.csv', { map: 'a=b' }, 'map: received "a=b"'],
    ['a.csv', { longestGap: 'long' }, 'longest-gap: received "long"'],
    ['a.csv', { longestGap: '1s', keepTiming: true }, 'expected one of the two'],
    ['a.csv', { chaos: 'never=1%' }, 'chaos: received "never=1%"'],
    ['a.csv', { from: 1 }, 'expected them without a file'],
    ['a.csv', { to: 1 }, 'expected them without a file'],
    [undefined, {}, 'received no file'],
    [undefined, { from: 2_000, to: 1_000 }, 'to: received'],
    [undefined, { from: 2_000, to: 2_000 }, 'expected a time after 1970-01-01T00:00:02.000Z'],
  ] as const)('%s with %j is refused', (file, given, words) => {
    expect(() => readReplayOptions(file, given, 0)).toThrow(words);
  });

  it.each<[string | undefined, ReplayGiven, string]>([
    ['a.csv', {}, 'a.csv --seed 1 --clock 2026-03-02T09:00:00.000Z'],
    [
      'my events.csv',
      {
        speed: '10x',
        longestGap: '3s',
        loop: true,
        map: 'when=time,user name=user_id',
        chaos: 'late=5%',
        seed: 4,
        clock: 0,
      },
      "'my events.csv' --speed 10x --longest-gap 3s --loop --map 'when=time,user name=user_id' --chaos late=5% --seed 4 --clock 1970-01-01T00:00:00.000Z",
    ],
    ["it's.csv", {}, String.raw`'it'\''s.csv' --seed 1 --clock 2026-03-02T09:00:00.000Z`],
    [
      undefined,
      { from: 0, to: 1_000, keepTiming: true },
      '--keep-timing --from 1970-01-01T00:00:00.000Z --to 1970-01-01T00:00:01.000Z --seed 1 --clock 2026-03-02T09:00:00.000Z',
    ],
  ])(
    'the options of a replay of %s with %j are repeated by a line that a shell reads as it was',
    (file, given, line) => {
      expect(readReplayOptions(file, given, NOW).command).toBe(`npm run simulate -- replay ${line}`);
    },
  );
});
