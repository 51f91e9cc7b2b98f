// Events that were accepted together, until the outcome of each is known.

import { KafkaError } from './errors.ts';

/** Topic, partition and offset of an acknowledged event. */
export type Acknowledgement = {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** Milliseconds since the epoch. */
  readonly at: number;
};

/**
 * The acknowledgement of an event, or its error: REFUSED where Kafka will never accept it, CLOSED where the program stops first; the
 * event then stays on disk and is sent by the next run.
 */
export type Outcome = Acknowledgement | KafkaError;

/** Has one promise for all events, as one for each would cost more than sending them. */
export class PendingBatch {
  readonly outcomes: Promise<readonly Outcome[]>;
  readonly #settled: Outcome[];
  #left: number;
  #resolve: (outcomes: readonly Outcome[]) => void = () => {};

  /** @param size 1 or more */
  constructor(size: number) {
    this.#settled = new Array(size);
    this.#left = size;
    this.outcomes = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Sets the outcome of event number `index`; to be called once for each. */
  settle(index: number, outcome: Outcome): void {
    this.#settled[index] = outcome;
    this.#left -= 1;
    if (this.#left === 0) this.#resolve(this.#settled);
  }
}

/**
 * The acknowledgement of an event that was published alone.
 * @throws {KafkaError} REFUSED or CLOSED
 */
export function acknowledgementOf([outcome]: readonly Outcome[]): Acknowledgement {
  if (outcome === undefined) throw new Error('received no outcome, expected that of one event');
  if (outcome instanceof KafkaError) throw outcome;
  return outcome;
}
