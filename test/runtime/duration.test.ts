import { expect, it } from 'vitest';
import { parseDuration } from '../../src/runtime/duration.ts';
import { ExpectationError } from '../../src/runtime/expectation-error.ts';

it.each([
  ['1500ms', 1_500],
  ['30s', 30_000],
  ['10m', 600_000],
  ['2h', 7_200_000],
  ['7d', 604_800_000],
  ['0s', 0],
  ['0.5s', 500],
  ['0.0015s', undefined],
  ['1.001s', 1_001],
  ['0.4ms', 0],
  [' 2 h ', 7_200_000],
  ['999999999ms', 999_999_999],
  ['36525d', 36_525 * 86_400_000],
  ['36525.001d', undefined],
  ['3155760000001ms', undefined],
  [`${'9'.repeat(400)}s`, undefined],
  ['', undefined],
  ['30', undefined],
  ['s', undefined],
  ['-1s', undefined],
  ['1e3s', undefined],
  ['1h30m', undefined],
  ['.5s', undefined],
  ['10S', undefined],
  ['٣s', undefined],
])('%j is %j milliseconds', (text, ms) => {
  const parse = () => parseDuration('for', text);
  if (ms !== undefined) expect(parse()).toBe(ms);
  else
    expect(parse).toThrow(
      new ExpectationError(`for: received ${JSON.stringify(text)}, expected a time as 30s, 10m or 2h`),
    );
});
