// The fields of an event that the live panels need.

import type { Device, DeviceType, Title } from '../../events/event.ts';
import type { Product } from '../../events/products.ts';

export type PanelEvent = {
  readonly orderId: string;
  readonly userId: string;
  readonly title: Title;
  readonly product: Product;
  readonly siteVersion: Device;
  /** The catalogue item, where the event names one. */
  readonly item: string | undefined;
  /** When it happened, and when Kafka had it: milliseconds since 1970. */
  readonly timeMs: number;
  readonly arrivedMs: number;
  readonly robot: boolean;
  readonly simulated: boolean;
  readonly ip: string | undefined;
  readonly userAgent: string | undefined;
  /** What the event itself says of its device. */
  readonly deviceType: DeviceType | undefined;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
};

/** By arrival, the newest first. */
export const newestFirst = (a: PanelEvent, b: PanelEvent): number =>
  b.arrivedMs - a.arrivedMs || b.partition - a.partition || Number(b.offset) - Number(a.offset);
