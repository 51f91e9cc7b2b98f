import { expect, it } from 'vitest';
import { isNestedTooDeeply, jsonText } from '../../src/runtime/json-text.ts';

const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

it('jsonText shows a value, and says so where it is nested deeper than there is stack', () => {
  expect(jsonText({ a: [1] })).toBe('{"a":[1]}');
  expect(jsonText(undefined)).toBe('undefined');
  expect(jsonText(JSON.parse(nested(100_000)))).toBe('an array that is nested too deeply');
  expect(jsonText({ a: JSON.parse(nested(100_000)) })).toBe('a value of type object');
});

it('jsonText counts levels, not brackets', () => {
  expect(isNestedTooDeeply(nested(1_000))).toBe(false);
  expect(isNestedTooDeeply(nested(1_001))).toBe(true);
  expect(isNestedTooDeeply('{"a":'.repeat(1_001))).toBe(true);
  expect(isNestedTooDeeply(`[${'[],'.repeat(2_000)}0]`)).toBe(false);
  expect(isNestedTooDeeply(JSON.stringify({ a: `\\"${'['.repeat(5_000)}` }))).toBe(false);
});
