import { expect, it } from 'vitest';
import { RAW_COLUMNS, rawRow } from '../../../src/dashboard/panels/raw.ts';
import { aPanelEvent, NOW } from '../live/an-event.ts';

it('a raw row is an event as it is stored, with nothing of who its visitor is', () => {
  const event = aPanelEvent({
    orderId: 'o',
    userId: 'u',
    arrivedMs: NOW,
    offset: '9007199254740993',
    simulated: true,
    ip: '8.8.8.8',
    userAgent: 'x',
  });
  const row = rawRow(event);
  expect(row).toEqual({
    order_id: 'o',
    user_id: 'u',
    title: 'banner_click',
    product: 'clothes',
    item: null,
    simulated: true,
    time: '2026-03-02T09:00:29.000Z',
    arrived: '2026-03-02T09:00:30.000Z',
    topic: 'ecommerce',
    partition: 0,
    offset: '9007199254740993',
  });
  expect(Object.keys(row)).toEqual([...RAW_COLUMNS]);
});
