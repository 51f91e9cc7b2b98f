// How far one event has come, in the form in which pages, streams and scripts have it.

import type { Title } from '../events/event.ts';
import type { Product } from '../events/products.ts';

/** How far an event has come, as pages and streams tell it. Milliseconds count from `received_at`. */
export type Trace = {
  readonly order_id: string;
  readonly title: Title;
  readonly product: Product;
  readonly received_at: string;
  /** True where its visitor is a robot: the charts leave it out unless they are asked for robots. */
  readonly robot: boolean;
  /** `lost` says why the event will not travel on; null while all is well. */
  readonly lost: string | null;
  readonly kafka: {
    readonly topic: string;
    readonly partition: number;
    readonly offset: string;
    readonly ms: number;
  } | null;
  readonly postgres: { readonly ms: number } | null;
  readonly chart: { readonly ms: number } | null;
};
