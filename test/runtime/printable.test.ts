import { expect, it } from 'vitest';
import { printable } from '../../src/runtime/printable.ts';

it.each([
  ['\u001b[31mred', '\\u001b[31mred'],
  ['a\nb\tc\r', 'a\\u000ab\\u0009c\\u000d'],
  ['\0\u007f\u009b', '\\u0000\\u007f\\u009b'],
  ['Größe 尺寸 🙂', 'Größe 尺寸 🙂'],
  ['', ''],
])('a terminal is given no control character of %j', (text, shown) => {
  expect(printable(text)).toBe(shown);
});
