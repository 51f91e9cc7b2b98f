// The target of a run's records. It returns a receipt for each, and retries by itself where that can help.

import type { Send } from '../core/inject.ts';

/** A send, and its number in the run from 1. */
export type Numbered = { readonly n: number; readonly send: Send };

/** The place that the record was acknowledged at. */
export type Receipt = { readonly partition: number; readonly offset: string };

export type Target = {
  /**
   * Sends a batch in its order.
   * @returns a receipt for each, once all are settled
   * @throws where the signal is aborted meanwhile
   */
  send(batch: readonly Numbered[], signal: AbortSignal): Promise<readonly Receipt[]>;
  close(): Promise<void>;
};
