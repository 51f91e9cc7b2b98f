import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FARTHEST_MS } from '../../../src/runtime/day.ts';
import { checkLine } from '../../../src/sessions/batch/click-line.ts';
import { clickLine } from './files.ts';

const look = (fields: object) => checkLine(Buffer.from(clickLine({ ...fields })));
const time = (came: string) =>
  `device_sent_timestamp: received ${came}, expected a whole number of milliseconds since 1970, at most 8.64e15 from it`;

it('a click keeps the fields that sessions need, and no others', () => {
  expect(look({ anonymous_id: 'ä"b', device_sent_timestamp: 1.5e3 })).toEqual({
    line: '{"anonymous_id":"ä\\"b","browser_family":"Chrome","os_family":"Android","device_family":"Other","device_sent_timestamp":1500}',
  });
});

it.each([[FARTHEST_MS], [-FARTHEST_MS], [0]])('a click at the time %d is taken', (device_sent_timestamp) => {
  const looked = look({ device_sent_timestamp });
  expect('line' in looked && JSON.parse(looked.line)).toMatchObject({ device_sent_timestamp });
});

it('a click at the time -0 is one at 0', () => {
  const line = clickLine().replace('1556668800000', '-0');
  expect(checkLine(Buffer.from(line))).toMatchObject({ line: expect.stringContaining('_timestamp":0}') });
});

it.each([
  [{ anonymous_id: '' }, 'anonymous_id: received an empty text, expected the id of a visitor'],
  [{ anonymous_id: 7 }, 'anonymous_id: received 7, expected text'],
  [{ browser_family: null }, 'browser_family: received null, expected text'],
  [{ os_family: undefined }, 'os_family: received nothing, expected text'],
  [{ device_family: '\ud83d' }, 'device_family: received half a surrogate pair, expected whole characters'],
  [{ device_sent_timestamp: FARTHEST_MS + 1 }, time('8640000000000001')],
  [{ device_sent_timestamp: 0.5 }, time('0.5')],
  [{ device_sent_timestamp: '7' }, time('"7"')],
  [{ device_sent_timestamp: '$& '.repeat(30) }, time(`"${'$& '.repeat(30).slice(0, 59)}…`)],
  [{ device_sent_timestamp: undefined }, time('nothing')],
])('a click with %j is rejected', (fields, reason) => {
  expect(look(fields)).toEqual({ reason });
});

it.each([
  ['', 'received "", expected a JSON object'],
  ['{', 'received "{", expected a JSON object'],
  ['null', 'received null, expected a JSON object'],
  ['[1]', 'received [1], expected a JSON object'],
  ['x'.repeat(100), `received "${'x'.repeat(59)}…, expected a JSON object`],
])('the line %j is rejected', (line, reason) => {
  expect(checkLine(Buffer.from(line))).toEqual({ reason });
});

it('bytes that are not UTF-8 are rejected, and no line makes the reader throw', () => {
  expect(checkLine(Buffer.from(clickLine().replace('Chrome', 'Chr\u00f6me'), 'latin1'))).toEqual({
    reason: 'received bytes that are not UTF-8, expected JSON in UTF-8',
  });
  const any = fc.oneof(
    fc.uint8Array(),
    fc.json().map((json) => Buffer.from(json)),
  );
  fc.assert(
    fc.property(any, (bytes) => {
      expect(checkLine(Buffer.from(bytes))).toHaveProperty('reason');
    }),
  );
});
