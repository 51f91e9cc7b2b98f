// Counts of a run so far: sends by fault and expected outcome, latencies, missed starts, the funnel.

import type { FaultName } from './core/faults.ts';
import { Funnel } from './core/funnel.ts';
import type { LedgerEntry } from './ledger/entry.ts';

/** Bounds of the histogram in milliseconds, each 10 % above the one before, which is the error of quantiles. */
const BOUNDS = Array.from({ length: 160 }, (_, index) => 0.5 * 1.1 ** index);

type Counted = { readonly expect: LedgerEntry['expect']; readonly faults: readonly FaultName[] };

export class Tally {
  readonly funnel = new Funnel();
  readonly expected = new Map<LedgerEntry['expect'], number>();
  readonly faults = new Map<FaultName, number>();
  readonly #latencies = new Array<number>(BOUNDS.length + 1).fill(0);
  sends = 0;
  missed = 0;
  errors = 0;
  /** Events that the shop refused, as its outbox was full. */
  turnedAway = 0;

  add({ expect, faults }: Counted): void {
    this.sends += 1;
    this.expected.set(expect, (this.expected.get(expect) ?? 0) + 1);
    for (const fault of faults) this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1);
  }

  /** @param ms from the intended start to the response */
  latency(ms: number): void {
    let low = 0;
    let high = BOUNDS.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((BOUNDS[middle] ?? 0) < ms) low = middle + 1;
      else high = middle;
    }
    this.#latencies[low] = (this.#latencies[low] ?? 0) + 1;
  }

  /** Milliseconds below which this share of the responses came; undefined where there was none. */
  quantile(share: number): number | undefined {
    const all = this.#latencies.reduce((sum, count) => sum + count, 0);
    if (all === 0) return undefined;
    let left = share * all;
    const index = this.#latencies.findIndex((count) => {
      left -= count;
      return left <= 0;
    });
    return BOUNDS[Math.max(0, index)] ?? BOUNDS.at(-1);
  }

  /** Number of sends that are to become dead letters. */
  get rejected(): number {
    let sum = 0;
    for (const [expect, count] of this.expected)
      if (expect !== 'stored' && expect !== 'duplicate') sum += count;
    return sum;
  }
}
