// The newest events as they are stored. The list is long and mostly the same from look to look: the stream sends what was added.

import { z } from 'zod';
import { TITLES } from '../../events/event.ts';
import { PRODUCTS } from '../../events/products.ts';
import type { PanelEvent } from '../live/event.ts';
import { OPEN_SHOP, panel } from './panel.ts';

const iso = (ms: number) => new Date(ms).toISOString();

export const rawRow = (event: PanelEvent) => ({
  order_id: event.orderId,
  user_id: event.userId,
  title: event.title,
  product: event.product,
  item: event.item ?? null,
  simulated: event.simulated,
  time: iso(event.timeMs),
  arrived: iso(event.arrivedMs),
  topic: event.topic,
  partition: event.partition,
  offset: event.offset,
});
export type RawRow = ReturnType<typeof rawRow>;

export const RAW_COLUMNS = [
  'order_id',
  'user_id',
  'title',
  'product',
  'item',
  'simulated',
  'time',
  'arrived',
  'topic',
  'partition',
  'offset',
] as const;

const id = z.string().describe('32 lower-case hex digits');

export const raw = panel<RawRow>({
  title: 'Raw events',
  unit: 'The last 100 by arrival',
  of: 'events',
  width: 'whole',
  begin: OPEN_SHOP,
  columns: RAW_COLUMNS,
  rows: z
    .array(
      z.object({
        order_id: id,
        user_id: id,
        title: z.enum(TITLES),
        product: z.enum(PRODUCTS),
        item: z.string().nullable(),
        simulated: z.boolean().describe('whether one of the shop’s made-up shoppers did it'),
        time: z.iso.datetime(),
        arrived: z.iso.datetime().describe('when Kafka had it'),
        topic: z.string(),
        partition: z.int(),
        offset: z.string(),
      }),
    )
    .describe('the last 100 events by arrival, newest first'),
  read: ({ windows }) => windows.raw.map(rawRow),
  hasPartial: true,
});
