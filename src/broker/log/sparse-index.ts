// The index of one segment: the position of a batch about every INTERVAL bytes of log. Entries are added in the order of the
// log, so offsets, positions and times never decrease. They are plain arrays in memory, written to disk only as part of a
// segment's seal.

const INTERVAL = 4096;
const ENTRY_BYTES = 16;

export class SparseIndex {
  #offsets: number[] = []; // relative to the segment's base offset
  #positions: number[] = [];
  #timesBefore: number[] = []; // the highest timestamp of all batches before this place
  #nextAt = 0;

  get length(): number {
    return this.#offsets.length;
  }

  /** Called with every batch; keeps one entry per interval. */
  add(relativeOffset: number, position: number, maxTimestampBefore: number): void {
    if (position < this.#nextAt) return;
    this.#offsets.push(relativeOffset);
    this.#positions.push(position);
    this.#timesBefore.push(maxTimestampBefore);
    this.#nextAt = position + INTERVAL;
  }

  /** Position of a batch at or before the one that holds `relativeOffset`. */
  positionOf(relativeOffset: number): number {
    return this.#positions[lastBelow(this.#offsets, (offset) => offset <= relativeOffset)] ?? 0;
  }

  /** Position from which no earlier batch can hold a record of `timestamp` or later. */
  positionOfTime(timestamp: number): number {
    return this.#positions[lastBelow(this.#timesBefore, (time) => time < timestamp)] ?? 0;
  }

  encode(): Buffer {
    const bytes = Buffer.allocUnsafe(this.length * ENTRY_BYTES);
    for (let i = 0; i < this.length; i++) {
      bytes.writeUInt32BE(this.#offsets[i] ?? 0, i * ENTRY_BYTES);
      bytes.writeUInt32BE(this.#positions[i] ?? 0, i * ENTRY_BYTES + 4);
      bytes.writeDoubleBE(this.#timesBefore[i] ?? 0, i * ENTRY_BYTES + 8);
    }
    return bytes;
  }

  static decode(bytes: Buffer): SparseIndex {
    const index = new SparseIndex();
    for (let at = 0; at < bytes.length; at += ENTRY_BYTES) {
      index.add(bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4), bytes.readDoubleBE(at + 8));
    }
    return index;
  }
}

/** The last index of `sorted` for which `holds` is true, −1 for none; it must hold for a prefix of `sorted`. */
function lastBelow(sorted: readonly number[], holds: (value: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(sorted[middle] ?? Number.POSITIVE_INFINITY)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
