// When a recorded event is sent again: as long after the one before it as it came then, divided by the speed. Event time
// keeps its distance from arrival, so that what was late then is as late now. Pure.

/** Recorded times, milliseconds since 1970. */
export type Recorded = {
  /** When it came. */
  readonly arrivedMs: number;
  /** When it had happened; undefined where the record is no event. */
  readonly happenedMs: number | undefined;
};

export type Pace = {
  /** Times as fast as recorded; Infinity for as fast as it is taken. */
  readonly speed: number;
  /** Longer waits are cut to this many milliseconds. */
  readonly longestGapMs: number;
};

/** Times of records that are asked for by their arrival. */
export class Timing {
  readonly #pace: Pace;
  #at: number;
  #last: number | undefined;

  /** @param startMs when the first one is sent */
  constructor(pace: Pace, startMs: number) {
    this.#pace = pace;
    this.#at = startMs;
  }

  /** When to send it. @returns whole milliseconds since 1970 */
  next(arrivedMs: number): number {
    const { speed, longestGapMs } = this.#pace;
    const gap = Math.max(0, arrivedMs - (this.#last ?? arrivedMs)) / speed;
    this.#last = arrivedMs;
    this.#at += Math.min(gap, longestGapMs);
    return Math.round(this.#at);
  }

  /** Begins from the first record again, as long after the last one as the longest gap, or a second. */
  again(): void {
    this.#last = undefined;
    this.#at += Math.min(1000, this.#pace.longestGapMs) / this.#pace.speed;
  }
}

/** When it happens this time. @param atMs when it is sent */
export const happensAt = ({ arrivedMs, happenedMs = arrivedMs }: Recorded, atMs: number): number =>
  atMs - (arrivedMs - happenedMs);
