import { expect, it } from 'vitest';
import { HEX_VALUES, NOT_HEX } from '../../src/events/hex.ts';

it('each byte has the value of its lower-case hex digit, or shows in an OR over many that it is none', () => {
  expect(NOT_HEX).toBeGreaterThan(0xf);
  for (let byte = 0; byte < 256; byte += 1) {
    const letter = String.fromCharCode(byte);
    const value = HEX_VALUES[byte] ?? -1;
    if (/^[0-9a-f]$/.test(letter)) expect([letter, value]).toEqual([letter, Number.parseInt(letter, 16)]);
    else expect([letter, (value | 0xf) >= NOT_HEX]).toEqual([letter, true]);
  }
});
