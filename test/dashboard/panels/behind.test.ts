import { describe, expect, it } from 'vitest';
import { clicksOf, columnOf } from '../../../src/dashboard/panels/behind.ts';
import { USUAL } from '../../../src/events/whose.ts';
import { aPanelEvent, NOW } from '../live/an-event.ts';

const asked = (of: string) => ({ of, count: 'people', whose: USUAL, atMs: NOW });

it('clicks are those of the hour before the instant, without what is exactly as old', () => {
  const click = (timeMs: number) => aPanelEvent({ timeMs });
  const recent = [click(NOW), click(NOW - 3_599_999)];
  const others = [
    click(NOW - 3_600_000),
    aPanelEvent({ title: 'order' }),
    aPanelEvent({ title: 'banner_show' }),
  ];
  expect(clicksOf([...recent, ...others], NOW)).toEqual(recent);
});

describe('the column of a bar', () => {
  it.each([
    ['2026-03-02T09:00:00.000Z', Date.UTC(2026, 2, 2, 9)],
    ['2026-03-02T09:01:00Z', Date.UTC(2026, 2, 2, 9, 1)],
  ])('the column of a bar that begins at %s is found', (of, from) => {
    expect(columnOf(asked(of), 60_000)).toBe(from);
  });

  it.each([
    '',
    'now',
    '2026-03-02T09:00:30.000Z',
    // Of which zone nobody knows.
    '2026-03-02T09:00:00',
    '2 Mar 2026 09:00 UTC',
    '2026-02-30T09:00:00Z',
    'clothes',
  ])('there is no column of a bar where %j is asked for', (of) => {
    expect(() => columnOf(asked(of), 60_000)).toThrow(
      expect.objectContaining({ status: 400, details: expect.objectContaining({ received: of }) }),
    );
  });

  it('the column of a bar begins with its own length', () => {
    expect(() => columnOf(asked('2026-03-02T09:15:00Z'), 1_800_000)).toThrow('the query has no usable of');
  });
});
