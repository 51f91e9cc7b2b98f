// How old events are once the page has painted them: event → pixel, from Kafka's timestamp to the frame, of the last minute. The clock is
// the server's.

const MINUTE_MS = 60_000;
/** Samples that are kept: enough for a minute, the newest ones where raw events come faster. */
const MOST = 2_000;

export class Ages {
  /** Counted for the first time, and in no frame yet. @type {{ arrivals: readonly number[], n: number }[]} */
  #told = [];
  /** @type {{ at: number, age: number, weight: number }[]} */
  #samples = [];

  /**
   * @param {readonly number[]} arrivals when Kafka had them, milliseconds since 1970
   * @param {number} n how many events these stand for
   */
  told(arrivals, n = arrivals.length) {
    if (arrivals.length > 0) this.#told.push({ arrivals, n });
  }

  /** A frame with all that was told is on the screen. @param {number} now milliseconds since 1970 */
  painted(now) {
    for (const { arrivals, n } of this.#told)
      for (const arrival of arrivals)
        this.#samples.push({ at: now, age: Math.max(now - arrival, 0), weight: n / arrivals.length });
    this.#told = [];
    this.#samples = this.#samples.slice(-MOST);
  }

  /** What was told and not painted is nowhere to be seen any more. */
  forget() {
    this.#told = [];
  }

  /** Of the last minute, milliseconds; undefined where nothing was painted. @param {number} now as above */
  percentiles(now) {
    this.#samples = this.#samples.filter(({ at }) => at > now - MINUTE_MS);
    if (this.#samples.length === 0) return undefined;
    const sorted = this.#samples.toSorted((a, b) => a.age - b.age);
    const all = sorted.reduce((total, { weight }) => total + weight, 0);
    /** @param {number} share */
    const at = (share) => {
      let below = 0;
      for (const { age, weight } of sorted) {
        below += weight;
        if (below > all * share) return Math.round(age);
      }
      return Math.round(sorted.at(-1)?.age ?? 0);
    };
    return { p50: at(0.5), p99: at(0.99) };
  }
}
