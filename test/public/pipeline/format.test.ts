import path from 'node:path';
import { expect, it } from 'vitest';
import type { PartState as Part } from '../../../src/pipeline/control.ts';
import { packageRoot } from '../../../src/runtime/paths.ts';
import { part } from './state.ts';

type Text<V> = (value: V) => string;
type Format = {
  readonly bytes: Text<number | null | undefined>;
  readonly exact: Text<number | null | undefined>;
  readonly lasting: Text<number>;
  readonly memberName: Text<string>;
  readonly partHealth: Text<Part | undefined>;
  readonly partWords: Text<Part | undefined>;
  readonly short: Text<number>;
};
const { bytes, exact, lasting, memberName, partHealth, partWords, short }: Format = await import(
  path.join(packageRoot, 'public/js/pipeline/format.js')
);

it.each([
  [null, '–'],
  [undefined, '–'],
  [0, '0 B'],
  [1_023, '1023 B'],
  [1_024, '1 kB'],
  [1_048_575, '1 MB'],
  [67_108_864, '64 MB'],
  [3_221_225_472, '3,072 MB'],
])('%j bytes are %s', (value, text) => {
  expect(bytes(value)).toBe(text);
});

it.each([
  [-1, '0 s'],
  [119.9, '119 s'],
  [120, '2 min'],
  [7_199, '119 min'],
  [7_200, '2 h 0 min'],
  [90_061, '25 h 1 min'],
])('%d seconds last %s', (seconds, text) => {
  expect(lasting(seconds)).toBe(text);
});

it('the page of the pipe writes what is not known as a dash, and what is long short', () => {
  expect([exact(null), exact(undefined), exact(0), exact(1.25), exact(8_471_220)]).toEqual([
    '–',
    '–',
    '0',
    '1.3',
    '8,471,220',
  ]);
  expect([short(99_999), short(100_000), short(8_471_220)]).toEqual(['99,999', '100K', '8.47M']);
  expect(memberName('kafkajs-9f5f090f')).toBe('…5f090f');
});

it.each<[string, Part | undefined, string, string]>([
  ['runs', part('web'), 'pid 4711', 'good'],
  ['runs in the program’s own process', part('web', { pid: null }), 'running', 'good'],
  ['starts again', part('web', { state: 'starting', pid: null }), 'is started again', 'bad'],
  ['is paused', part('web', { state: 'paused' }), 'paused', 'paused'],
  ['is not known, as the web part runs alone', undefined, '', 'good'],
])('a part that %s says so, and how well it is', (_, given, words, health) => {
  expect([partWords(given), partHealth(given)]).toEqual([words, health]);
});
