import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isId, md5Hex, newId, newOrderId, ORDER_PAGE_ID, orderIdTime } from '../../src/events/ids.ts';

describe('ids', () => {
  it('ids are 32 lower-case hex digits, each new one another', () => {
    const ids = Array.from({ length: 1_000 }, (_, index) => (index % 2 === 0 ? newId() : newOrderId()));
    expect(ids.every(isId)).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('ids sort in the order in which the order_ids were made', () => {
    const ids = Array.from({ length: 1_000 }, newOrderId);
    expect(ids.toSorted()).toEqual(ids);
  });

  it('ids tell when an order_id was made', () => {
    const before = Date.now();
    const time = orderIdTime(newOrderId());
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(Date.now());
  });

  it("ids make the dataset's page_id of an order", () => {
    expect(ORDER_PAGE_ID).toBe('a3d2de7675556553a5f08e4c88d2c228');
    expect(md5Hex('nan')).toBe(ORDER_PAGE_ID);
  });

  it('ids are told from anything else', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(isId(value)).toBe(typeof value === 'string' && /^[0-9a-f]{32}$(?!\n)/.test(value));
      }),
    );
    expect(isId(`${newId()}\n`)).toBe(false);
    expect(isId([newId()])).toBe(false);
    expect(isId(newId().toUpperCase().replace(/^\d/, 'A'))).toBe(false);
  });
});
