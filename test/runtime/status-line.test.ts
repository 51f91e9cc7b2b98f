import { expect, it } from 'vitest';
import { clockTime, statusLine } from '../../src/runtime/status-line.ts';

it.each([
  [7, '0:07'],
  [75, '1:15'],
  [3723, '1:02:03'],
])('%s seconds are written as %s', (seconds, text) => expect(clockTime(seconds)).toBe(text));

const written = (isTTY: boolean) => {
  const texts: string[] = [];
  let time = 0;
  const line = statusLine({ isTTY, write: (text: string) => texts.push(text) }, () => time);
  const pass = (ms: number) => {
    time += ms;
  };
  return { texts, line, pass };
};

it('a terminal shows a text at most ten times a second, always on the same line, and is left clean', () => {
  const { texts, line, pass } = written(true);
  line.show(() => 'one');
  pass(99);
  line.show(() => 'two');
  pass(1);
  line.show(() => 'three');
  line.show(() => 'another step', true);
  line.clear();
  expect(texts).toEqual(['one', 'three', 'another step', ''].map((text) => `\r\x1b[2K${text}`));
});

it('a file gets a line each five seconds, and nothing to take it back', () => {
  const { texts, line, pass } = written(false);
  line.show(() => 'one');
  pass(4_999);
  line.show(() => 'two');
  pass(1);
  line.show(() => 'three');
  line.clear();
  expect(texts).toEqual(['one\n', 'three\n']);
});
