import { expect, it } from 'vitest';
import { isObject } from '../../src/events/json-object.ts';

it.each([
  ['{"a":1}', true],
  ['{}', true],
  ['[]', false],
  ['null', false],
  ['"{}"', false],
  ['7', false],
])('%s is a JSON object: %j', (text, expected) => {
  expect(isObject(JSON.parse(text))).toBe(expected);
});
