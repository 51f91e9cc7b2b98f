import { expect, it } from 'vitest';
import { STORABLE_TEXT } from '../../src/runtime/storable-text.ts';

it.each(['', 'a\nb', '🙂', '\u{10ffff}', '\uffff'])('PostgreSQL keeps %j', (text) => {
  expect(STORABLE_TEXT.test(text)).toBe(true);
});

it.each(['\0', 'a\0b', '\ud83d', 'a\ude42', '\ude42\ud83d', '🙂\ud83d'])(
  'PostgreSQL does not keep %j',
  (text) => {
    expect(STORABLE_TEXT.test(text)).toBe(false);
  },
);
