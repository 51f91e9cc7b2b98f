// Where a run's records go. A target tells what became of each; it tries again by itself where that may help.

import type { Send } from '../core/inject.ts';

/** A send, and its number in the run from 1. */
export type Numbered = { readonly n: number; readonly send: Send };

/** `refused`: the other side will never take it. */
export type Receipt =
  | { readonly is: 'acknowledged'; readonly partition: number; readonly offset: string }
  | { readonly is: 'refused'; readonly reason: string };

export type Target = {
  /**
   * Sends a batch in its order.
   * @returns what became of each, once all are settled
   * @throws where the signal is aborted meanwhile
   */
  send(batch: readonly Numbered[], signal: AbortSignal): Promise<readonly Receipt[]>;
  close(): Promise<void>;
};
