import { describe, expect, it } from 'vitest';
import { ORDER_PAGE_ID } from '../../../src/events/ids.ts';
import { Pause } from '../../../src/simulator/replay/pause.ts';
import { parseMapping, readRow } from '../../../src/simulator/replay/record.ts';
import { happensAt, Timing } from '../../../src/simulator/replay/timing.ts';

const HAPPENED = Date.parse('2019-01-11T09:24:43Z');
const ROW = { user_id: '5', title: 'banner_click', product: 'company', site_version: 'mobile' };

describe('a recorded row', () => {
  it('a recorded row becomes an event: ids of other kinds become ours, the company’s banner is electronics', () => {
    const read = readRow(ROW, parseMapping(undefined), HAPPENED);
    expect(read).toMatchObject({
      ok: true,
      event: { product: 'electronics', time: '2019-01-11T09:24:43.000Z', target: 0, site_version: 'mobile' },
    });
    const again = readRow({ ...ROW, product: 'clothes' }, parseMapping(undefined), HAPPENED);
    expect(again.ok && read.ok && again.event.user_id === read.event.user_id).toBe(true);
    expect(readRow({ ...ROW, title: 'order' }, parseMapping(undefined), HAPPENED)).toMatchObject({
      event: { target: 1, page_id: ORDER_PAGE_ID },
    });
  });

  it('a recorded row is read where the columns have other names, and fields of fields', () => {
    const mapping = parseMapping('who.id=user_id, what=title,kind=product');
    expect(readRow({ who: { id: 7 }, what: 'order', kind: 'sneakers' }, mapping, HAPPENED)).toMatchObject({
      ok: true,
      event: { title: 'order', product: 'sneakers', site_version: 'desktop' },
    });
  });

  it.each([
    [{ ...ROW, product: 'gadgets' }, 'product'],
    [{ ...ROW, title: 'look' }, 'title'],
    [{ ...ROW, user_id: '' }, 'user_id'],
    [{}, 'user_id'],
  ])('a recorded row that is no event says why: %j', (row, field) => {
    const read = readRow(row, parseMapping(undefined), HAPPENED);
    expect(read.ok ? '' : read.reason).toContain(field);
  });
});

describe('the timing of a replay', () => {
  it('the timing of a replay keeps gaps, cuts long ones, and goes at its speed', () => {
    const arrivals = [0, 1_000, 1_000, 500, 61_000];
    const times = (speed: number, longestGapMs: number) => {
      const timing = new Timing({ speed, longestGapMs }, 5_000);
      return arrivals.map((one) => timing.next(one));
    };
    expect(times(1, 10_000)).toEqual([5_000, 6_000, 6_000, 6_000, 16_000]);
    expect(times(10, 10_000)).toEqual([5_000, 5_100, 5_100, 5_100, 11_150]);
    expect(times(1, Number.POSITIVE_INFINITY).at(-1)).toBe(66_500);
  });

  it('the timing of a replay keeps what was late as late as it was, at any speed', () => {
    expect(happensAt({ arrivedMs: 100_000, happenedMs: 40_000 }, 7_000_000)).toBe(6_940_000);
  });

  it('the timing of a replay stands still while it is paused', () => {
    let now = 0;
    const pause = new Pause(() => now);
    pause.toggle();
    now = 500;
    expect([pause.isOn, pause.total]).toEqual([true, 500]);
    pause.toggle();
    now = 900;
    expect([pause.isOn, pause.total]).toEqual([false, 500]);
  });
});
