// Times of a replay: each record is sent as long after the one before as it was recorded, divided by the speed. Event time
// keeps its distance from arrival, so that late events are as late again. Pure.

/** Recorded times, milliseconds since 1970. */
export type Recorded = {
  /** Time of arrival. */
  readonly arrivedMs: number;
  /** Event time; undefined where the record is no event. */
  readonly happenedMs: number | undefined;
};

export type Pace = {
  /** Factor on the recorded speed; Infinity for `max`. */
  readonly speed: number;
  /** Longer waits are cut to this many milliseconds. */
  readonly longestGapMs: number;
};

/** Send times of records, requested in the order of arrival. */
export class Timing {
  readonly #pace: Pace;
  #at: number;
  #last: number | undefined;

  /** @param startMs when the first one is sent */
  constructor(pace: Pace, startMs: number) {
    this.#pace = pace;
    this.#at = startMs;
  }

  /** @returns the send time, whole milliseconds since 1970 */
  next(arrivedMs: number): number {
    const { speed, longestGapMs } = this.#pace;
    const gap = Math.max(0, arrivedMs - (this.#last ?? arrivedMs)) / speed;
    this.#last = arrivedMs;
    this.#at += Math.min(gap, longestGapMs);
    return Math.round(this.#at);
  }

  /** Begins from the first record again, after a pause of the longest gap, or of a second. */
  again(): void {
    this.#last = undefined;
    this.#at += Math.min(1000, this.#pace.longestGapMs) / this.#pace.speed;
  }
}

/** Event time of a repeated record. @param atMs its send time */
export const happensAt = ({ arrivedMs, happenedMs = arrivedMs }: Recorded, atMs: number): number =>
  atMs - (arrivedMs - happenedMs);
