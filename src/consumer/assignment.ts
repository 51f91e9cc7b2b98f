// The partitions that one rebalance has assigned to a member, and what it knows of them. Another rebalance makes another assignment, so that
// work under way for an earlier one is recognised, and offsets that were read before it are not used.

import type { Position } from './store-batch.ts';

export class Assignment {
  readonly partitions: readonly number[];
  readonly #readOffset: (partition: number) => Promise<bigint | undefined>;
  readonly #positions = new Map<number, Position>();
  readonly #delivered = new Set<number>();

  /** @param readOffset reads a partition's offset in Postgres; undefined where it has none */
  constructor(partitions: readonly number[], readOffset: (partition: number) => Promise<bigint | undefined>) {
    this.partitions = partitions;
    this.#readOffset = readOffset;
  }

  /** The position of a partition, read from Postgres at first. @throws pg's error; the next call reads again */
  async position(partition: number): Promise<Position> {
    const known = this.#positions.get(partition);
    if (known !== undefined) return known;
    const position = { expected: await this.#readOffset(partition), sought: false };
    this.#positions.set(partition, position);
    return position;
  }

  /** Makes the next position() read from Postgres again. */
  forget(partition: number): void {
    this.#positions.delete(partition);
  }

  /** Notes that Kafka has delivered records of a partition. */
  delivered(partition: number): void {
    this.#delivered.add(partition);
  }

  /** The partitions of which nothing was delivered yet. */
  undelivered(): number[] {
    return this.partitions.filter((partition) => !this.#delivered.has(partition));
  }
}
