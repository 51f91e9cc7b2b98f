// The offset from which a partition is read. Kafka delivers from the offset committed to it, which only tools rely on; the offset in
// Postgres decides. Pure: from what Postgres has and what Kafka delivered to the next step.

/** The range of offsets that Kafka delivered of one partition. */
export type Delivered = {
  readonly first: bigint;
  readonly last: bigint;
  /** Offset after the newest record that consumers may read. */
  readonly highWatermark: bigint;
};

export type Step =
  /** Store the records from this offset on. */
  | { readonly do: 'store'; readonly from: bigint; readonly warning?: string }
  /** Have Kafka deliver from this offset. */
  | { readonly do: 'seek'; readonly to: bigint };

/**
 * @param expected the offset in Postgres; undefined where nothing was stored yet
 * @param sought whether Kafka was already asked to deliver from `expected` (or from the beginning)
 */
export function nextStep(expected: bigint | undefined, delivered: Delivered, sought: boolean): Step {
  const { first, last, highWatermark } = delivered;
  if (expected === undefined) return fromBeginning(first, sought);
  if (highWatermark < expected) {
    const warning = `Kafka ends at ${highWatermark}, Postgres expects ${expected}: the topic was recreated, continuing from ${first}`;
    return { do: 'store', from: first, warning };
  }
  if (last < expected) return { do: 'seek', to: expected };
  if (first <= expected) return { do: 'store', from: expected };
  if (!sought) return { do: 'seek', to: expected };
  return { do: 'store', from: first, warning: `offsets ${expected} to ${first - 1n} are no longer in Kafka` };
}

/** A new database reads all that Kafka has, even where an older one has committed offsets to Kafka. */
function fromBeginning(first: bigint, sought: boolean): Step {
  return sought || first === 0n ? { do: 'store', from: first } : { do: 'seek', to: 0n };
}
