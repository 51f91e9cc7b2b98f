// Compaction of one partition: which of its segments a pass may take, and how the rewritten ones replace them. There is one
// pass at a time; after one that found damage there is none until the next start.

import { rmSync } from 'node:fs';
import type { BrokerLog } from '../options.ts';
import { compactSegments, type Found, type Group } from './compact-segments.ts';
import { DecidedTransactions } from './decided-transactions.ts';
import { DamagedLog } from './record-batch.ts';
import type { SealedState } from './seal.ts';
import { removeSegment, type Segment } from './segment.ts';
import { noteCompacted, swap, syncNames } from './swap.ts';
import type { TopicConfig } from './topic-config.ts';
import { abortedWithin } from './transactions.ts';

/** The partition whose log is compacted. */
export type Compacted = {
  readonly folder: string;
  readonly name: string;
  readonly log: BrokerLog;
  /** In the order of their offsets, the active one last; a pass replaces some of them. */
  readonly segments: Segment[];
  /** Records before it were compacted by earlier passes. */
  readonly cleanedTo: number;
  /** Whether its files were closed or deleted meanwhile. */
  isGone(): boolean;
  lastStableOffset(): number;
  /** The state at the end of the log. */
  sealedState(): SealedState;
};

export class LogCompaction {
  readonly #of: Compacted;
  #cleanedTo: number;
  #isRunning = false;
  #isDamaged = false;

  constructor(of: Compacted) {
    this.#of = of;
    this.#cleanedTo = of.cleanedTo;
  }

  /** Whether a pass reads the closed segments now. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Records before this offset were compacted. */
  get cleanedTo(): number {
    return this.#cleanedTo;
  }

  /** Makes a pass, where none is running and enough of the log is new. For the parameters see PartitionLog.compact. */
  async pass(
    config: TopicConfig,
    now: number,
    pause: () => Promise<boolean>,
    mostKeys: number,
  ): Promise<void> {
    if (this.#isRunning || this.#isDamaged) return;
    this.#isRunning = true;
    const { folder, name, log, segments, isGone, lastStableOffset } = this.#of;
    try {
      const transactions = new DecidedTransactions(abortedWithin(segments, 0, lastStableOffset()));
      const closed = this.#closedBefore(now - config.minCompactionLagMs);
      const cleanedTo = await compactSegments(closed, this.#cleanedTo, config, now, {
        transactions,
        mostKeys,
        pause: async () => (await pause()) || isGone(),
        replace: (group, file, found) => this.#replace(group, file, found),
      });
      if (cleanedTo === this.#cleanedTo || isGone()) return;
      this.#cleanedTo = cleanedTo;
      noteCompacted(folder, cleanedTo);
    } catch (error) {
      if (!(error instanceof DamagedLog)) throw error;
      this.#isDamaged = true;
      log.error({ partition: name, error }, 'cannot compact a damaged log; it stays as it is');
    } finally {
      this.#isRunning = false;
    }
  }

  /** Sealed segments below the last stable offset whose records are not later than `latest`, ms. */
  #closedBefore(latest: number): Segment[] {
    const closed = this.#of.segments.slice(0, -1);
    const stable = this.#of.lastStableOffset();
    const mustWait = ({ isSealing, maxTimestamp, nextOffset }: Segment) =>
      isSealing || maxTimestamp > latest || nextOffset > stable;
    const end = closed.findIndex(mustWait);
    return end === -1 ? closed : closed.slice(0, end);
  }

  async #replace(group: Group, file: string, found: Found): Promise<void> {
    const { folder, segments, isGone, sealedState } = this.#of;
    const [first, ...others] = group;
    const at = segments.indexOf(first);
    if (at === -1 || isGone()) {
      rmSync(file, { force: true });
      return;
    }
    const merged = swap(folder, group, file, found, sealedState);
    segments.splice(at, group.length, merged);
    if (others.length === 0) return;
    await syncNames(folder);
    // Where the log was closed meanwhile, the next start deletes them.
    if (!isGone()) for (const { path } of others) removeSegment(path);
  }
}
