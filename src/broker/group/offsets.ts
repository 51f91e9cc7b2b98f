// Committed offsets: group → topic → partition → offset. In memory for reading, in the journal for restarts.

import type { Change, Journal, Key } from '../journal.ts';

/** A leader epoch that was not sent. */
export const NO_EPOCH = -1;

export type Committed = {
  readonly offset: number;
  /** Of the record before it; undefined or −1 if not sent. */
  readonly leaderEpoch?: number;
  readonly metadata: string | null;
  /** When it was committed, ms. */
  readonly at: number;
  /** Its place in the order of arrival; undefined where a version without transactions stored it. */
  readonly order?: number;
};

export type PartitionOffset = {
  readonly topic: string;
  readonly partition: number;
  readonly committed: Committed;
};

type GroupOffsets = Map<string, Map<number, Committed>>;

const OFFSET_BYTES = 300;

/** About how many bytes of memory a committed offset takes; 0 for undefined. */
const bytesOf = (committed: Committed | undefined): number =>
  committed === undefined ? 0 : OFFSET_BYTES + 2 * (committed.metadata?.length ?? 0);

function keyOf(group: string, topic: string, partition: number): Key {
  return ['offset', group, topic, partition];
}

export class Offsets {
  #journal: Journal;
  #groups = new Map<string, GroupOffsets>();
  #order = 0;
  #bytes = 0;

  constructor(journal: Journal) {
    this.#journal = journal;
    for (const [[, group, topic, partition], committed] of journal.entries('offset')) {
      this.#put(String(group), String(topic), Number(partition), committed as Committed);
    }
  }

  #put(group: string, topic: string, partition: number, committed: Committed): void {
    this.noteOrder(committed);
    const topics = this.#groups.get(group) ?? new Map<string, Map<number, Committed>>();
    const partitions = topics.get(topic) ?? new Map<number, Committed>();
    this.#bytes += bytesOf(committed) - bytesOf(partitions.get(partition));
    this.#groups.set(group, topics.set(topic, partitions.set(partition, committed)));
  }

  #drop(group: string, topic: string, partition: number): void {
    const topics = this.#groups.get(group);
    const partitions = topics?.get(topic);
    this.#bytes -= bytesOf(partitions?.get(partition));
    partitions?.delete(partition);
    if (partitions?.size === 0) topics?.delete(topic);
    if (topics?.size === 0) this.#groups.delete(group);
  }

  get(group: string, topic: string, partition: number): Committed | undefined {
    return this.#groups.get(group)?.get(topic)?.get(partition);
  }

  of(group: string): PartitionOffset[] {
    const topics = [...(this.#groups.get(group) ?? [])];
    return topics.flatMap(([topic, partitions]) =>
      [...partitions].map(([partition, committed]) => ({ topic, partition, committed })),
    );
  }

  /** The topics and partitions for which the group has committed offsets. */
  topicsOf(group: string): { topic: string; partitions: number[] }[] {
    const topics = [...(this.#groups.get(group) ?? [])];
    return topics.map(([topic, partitions]) => ({ topic, partitions: [...partitions.keys()] }));
  }

  /** About how many bytes of memory all offsets take. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many more bytes (or fewer, if negative) these offsets take than those that they replace. */
  growthBy(group: string, offsets: readonly PartitionOffset[]): number {
    return offsets.reduce(
      (sum, { topic, partition, committed }) =>
        sum + bytesOf(committed) - bytesOf(this.get(group, topic, partition)),
      0,
    );
  }

  has(group: string): boolean {
    return this.#groups.has(group);
  }

  groups(): string[] {
    return [...this.#groups.keys()];
  }

  /** Makes the order of later offsets higher than this one's. */
  noteOrder({ order = 0 }: Committed): void {
    this.#order = Math.max(this.#order, order);
  }

  /** The offsets of a request with the next order. */
  received(offsets: readonly PartitionOffset[]): PartitionOffset[] {
    const order = ++this.#order;
    return offsets.map((one) => ({ ...one, committed: { ...one.committed, order } }));
  }

  /**
   * Stores offsets of groups, and other changes of the journal, in one write; on return they are in the page cache, and on the
   * disk if `durable`. An offset that was received before the stored one, as in a long transaction, does not replace it.
   */
  commit(
    groups: ReadonlyMap<string, readonly PartitionOffset[]>,
    durable: boolean,
    also: readonly Change[] = [],
  ): void {
    const kept = [...groups].flatMap(([group, offsets]) =>
      offsets.filter((one) => !this.#isLate(group, one)).map((one) => ({ group, ...one })),
    );
    const changes = kept.map((o): Change => [keyOf(o.group, o.topic, o.partition), o.committed]);
    this.#journal.set([...changes, ...also], durable);
    for (const { group, topic, partition, committed } of kept) this.#put(group, topic, partition, committed);
  }

  #isLate(group: string, { topic, partition, committed }: PartitionOffset): boolean {
    return (this.get(group, topic, partition)?.order ?? 0) > (committed.order ?? 0);
  }

  /** Deletes a group's offsets for which `isGone` is true. */
  forget(group: string, isGone: (offset: PartitionOffset) => boolean): void {
    const gone = this.of(group).filter(isGone);
    if (gone.length === 0) return;
    this.#journal.set(gone.map((o) => [keyOf(group, o.topic, o.partition), null]));
    for (const { topic, partition } of gone) this.#drop(group, topic, partition);
  }

  /**
   * Deletes every group's offsets of a topic that is deleted.
   * @param store writes these changes, together with the deletion of the topic, to the journal; where it throws nothing is deleted
   */
  forgetTopic(topic: string, store: (changes: readonly Change[]) => void): void {
    const gone = [...this.#groups].flatMap(([group, topics]) =>
      [...(topics.get(topic)?.keys() ?? [])].map((partition) => ({ group, partition })),
    );
    store(gone.map(({ group, partition }): Change => [keyOf(group, topic, partition), null]));
    for (const { group, partition } of gone) this.#drop(group, topic, partition);
  }
}
