// Windows as people and programs are shown them: enriched, with ISO times, each panel by its name.

import type { Countries, Country } from '../../enrichment/country.ts';
import { clientOf, DEVICE_TYPES, type DeviceType } from '../../enrichment/user-agent.ts';
import type { HalfHour } from '../../sessions/live/api.ts';
import type { PanelEvent } from './event.ts';
import { LATEST_VISITORS, MINUTE_MS, type WindowPanels } from './windows.ts';

export const PANELS = [
  'visitors',
  'sessions',
  'devices',
  'pages',
  'latest',
  'categories',
  'log',
  'raw',
] as const;
export type PanelName = (typeof PANELS)[number];

const iso = (ms: number) => new Date(ms).toISOString();

const countryText = (country: Country): string =>
  country.code === null ? `Unknown (${country.reason})` : country.name;

/** The device of an event's user agent. */
export const deviceOf = ({ userAgent, robot }: PanelEvent): DeviceType =>
  clientOf(userAgent, robot).deviceType;

export const rawRow = (event: PanelEvent) => ({
  order_id: event.orderId,
  user_id: event.userId,
  title: event.title,
  product: event.product,
  item: event.item ?? null,
  time: iso(event.timeMs),
  arrived: iso(event.arrivedMs),
  topic: event.topic,
  partition: event.partition,
  offset: event.offset,
});
export type RawRow = ReturnType<typeof rawRow>;

/** Every panel but the raw events, whose list is long and mostly the same from look to look. */
export function presentPanels(panels: WindowPanels, sessions: readonly HalfHour[], countries: Countries) {
  const devices = new Map<DeviceType, number>(DEVICE_TYPES.map((type) => [type, 0]));
  for (const event of panels.present) devices.set(deviceOf(event), (devices.get(deviceOf(event)) ?? 0) + 1);
  return {
    visitors: panels.visitors.map(({ fromMs, people, events, late }) => ({
      from: iso(fromMs),
      to: iso(fromMs + MINUTE_MS),
      people,
      events,
      late,
    })),
    sessions,
    devices: [...devices].map(([device, people]) => ({ device, people })),
    pages: panels.pages,
    latest: panels.present.slice(0, LATEST_VISITORS).map((event) => ({
      user_id: event.userId,
      time: iso(event.timeMs),
      ip: event.ip ?? null,
      country: countryText(countries.of(event.ip)),
    })),
    categories: panels.categories,
  };
}
export type PresentedPanels = ReturnType<typeof presentPanels>;
