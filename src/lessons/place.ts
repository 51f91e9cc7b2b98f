// What lessons work on: the pipe, its database and its cluster.

import type { Pool } from '../db/pool.ts';
import type { KafkaProbe } from '../kafka/probe.ts';
import type { Actions } from '../pipeline/actions.ts';
import type { PipelineBoard } from '../pipeline/board.ts';
import type { Place as Shoppers } from '../simulator/run.ts';
import type { Tracking } from '../storefront/tracking.ts';
import type { Traces } from '../tracing/traces.ts';

export type LessonPlace = {
  readonly pool: Pool;
  readonly probe: KafkaProbe;
  readonly board: PipelineBoard;
  readonly actions: Actions;
  readonly tracking: Tracking;
  readonly traces: Traces;
  /** How shoppers reach the shop and the topic. */
  readonly shoppers: Shoppers;
  readonly group: string;
};
