import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ID_BYTES, IdSet, packId } from '../../src/ingest/id-set.ts';
import { anyId } from '../support/arbitrary.ts';

/** Ids that are often the same, or differ in few digits. */
const closeIds = fc.nat({ max: 200 }).map((n) => n.toString(16).padStart(32, '0'));
const ids = fc.array(fc.oneof(anyId, closeIds), { maxLength: 400 });

const packed = (hex: string, at: number) => {
  const bytes = Buffer.alloc(at + ID_BYTES, 0xff);
  packId(hex, bytes, at);
  return bytes;
};

describe('packId', () => {
  it('packId writes the bytes that the digits stand for, and no others', () => {
    fc.assert(
      fc.property(anyId, fc.nat({ max: 40 }), (id, at) => {
        expect(packed(id, at).toString('hex')).toBe('ff'.repeat(at) + id);
      }),
    );
  });
});

describe('IdSet', () => {
  it('IdSet has what was added to it and nothing else, as a Set has, the id of all zeros included', () => {
    fc.assert(
      fc.property(ids, ids, fc.nat({ max: 100 }), (added, asked, expected) => {
        const [set, model] = [new IdSet(expected), new Set<string>()];
        for (const id of added) {
          expect(set.add(packed(id, 3), 3)).toBe(!model.has(id));
          model.add(id);
        }
        expect(set.size).toBe(model.size);
        for (const id of [...added, ...asked]) expect(set.has(packed(id, 16), 16)).toBe(model.has(id));
      }),
    );
  });
});
