import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  firstRecordSince,
  forEachRecord,
  movedInTime,
  recordsAreWhole,
} from '../../../src/broker/log/record.ts';
import { BATCH_HEADER } from '../../../src/broker/log/record-batch.ts';
import { batch } from '../batch.ts';

const text = fc.option(fc.string({ unit: 'binary', maxLength: 300 }), { nil: null });
const records = fc.array(fc.record({ key: text, value: text, time: fc.nat(2 ** 40) }), {
  minLength: 1,
  maxLength: 20,
});
type Recorded = { readonly key: string | null; readonly value: string | null; readonly time: number };

const recordBytes = (all: readonly Recorded[]) =>
  batch({
    keys: all.map(({ key }) => key),
    values: all.map(({ value }) => value),
    timestamps: all.map(({ time }) => time),
  }).subarray(BATCH_HEADER);

const textOf = (bytes: Buffer | undefined) => bytes?.toString() ?? null;

it('a walk finds the key, value and offset of each record, end to end', () => {
  fc.assert(
    fc.property(records, (all) => {
      const bytes = recordBytes(all);
      let end = 0;
      const found: unknown[] = [];
      forEachRecord(bytes, all.length, (place) => {
        expect(place.start).toBe(end);
        end = place.end;
        found.push([place.offsetDelta, textOf(place.key), textOf(place.value)]);
      });
      expect(end).toBe(bytes.length);
      expect(found).toEqual(all.map(({ key, value }, n) => [n, key, value]));
    }),
  );
});

it('records are whole in exactly the number that fills their bytes', () => {
  fc.assert(
    fc.property(records, (all) => {
      const bytes = recordBytes(all);
      expect(recordsAreWhole(bytes, 0, all.length)).toBe(true);
      expect(recordsAreWhole(bytes, 0, all.length - 1)).toBe(false);
      expect(recordsAreWhole(bytes, 0, all.length + 1)).toBe(false);
      expect(recordsAreWhole(bytes.subarray(0, -1), 0, all.length)).toBe(false);
    }),
  );
});

it('a look-up finds the first record that is not older than a time', () => {
  fc.assert(
    fc.property(records, fc.nat(2 ** 40), (all, time) => {
      const base = all[0]?.time ?? 0;
      const at = all.findIndex((one) => one.time >= time);
      const expected = at === -1 ? null : { offsetDelta: at, timestampDelta: (all[at]?.time ?? 0) - base };
      expect(firstRecordSince(recordBytes(all), 0, all.length, time - base)).toEqual(expected);
    }),
  );
});

it('a walk reads no record beyond the end of its bytes, whatever they are', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (random) => {
      const bytes = Buffer.from(random);
      let end = 0;
      forEachRecord(bytes, 10, (place) => {
        end = place.end;
        for (const part of [place.key, place.value])
          expect(part?.length ?? 0).toBeLessThanOrEqual(end - place.start);
      });
      expect(end).toBeLessThanOrEqual(bytes.length);
      recordsAreWhole(bytes, 0, 10);
      firstRecordSince(bytes, 0, 10, 0);
    }),
    { numRuns: 1_000 },
  );
});

const MOST = 2 ** 31 - 1;

it.each([
  ['has length −1, which leads to itself', Buffer.of(1, 0, 0, 0, 0, 0, 0, 0)],
  [
    'has a negative length that leads back to the one before',
    Buffer.of(12, 0, 0, 0, 1, 1, 0, 15, 0, 0, 0, 0, 0),
  ],
  ['is shorter than any', Buffer.alloc(1_000)],
])('a walk ends at a record that %s, whatever its batch counts', (_, bytes) => {
  expect(firstRecordSince(bytes, 0, MOST, 1)).toBeNull();
  expect(recordsAreWhole(bytes, 0, MOST)).toBe(false);
});

it('a record that is moved in time is as it was, but for its time', () => {
  fc.assert(
    fc.property(text, text, fc.integer({ min: -(2 ** 40), max: 2 ** 40 }), (key, value, ms) => {
      const before = recordBytes([{ key, value, time: 2 ** 41 }]);
      const after = movedInTime(before, ms);
      expect(recordsAreWhole(after, 0, 1)).toBe(true);
      expect(firstRecordSince(after, 0, 1, ms)).toEqual({ offsetDelta: 0, timestampDelta: ms });
      expect(movedInTime(after, -ms)).toEqual(before);
    }),
  );
});
