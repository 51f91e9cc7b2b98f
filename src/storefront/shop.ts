// The parts that the storefront's routes need.

import type { Pool } from '../db/pool.ts';
import type { Traces } from '../tracing/traces.ts';
import type { Orders } from './orders.ts';
import type { Tracking } from './tracking.ts';

export type Shop = {
  readonly pool: Pool;
  readonly tracking: Tracking;
  readonly traces: Traces;
  readonly orders: Orders;
  /** Signs cookies and order forms. */
  readonly secret: string;
};
