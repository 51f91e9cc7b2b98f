// Partitions that a Fetch names more than once. As in Apache Kafka each is read once, in the place of its first mention and with
// the offset and limits of its last; otherwise one request could keep the broker busy with reads of the same file.

import type { TopicReference } from './topic-reference.ts';

type Topic<Partition> = {
  readonly reference: TopicReference;
  readonly partitions: readonly Partition[];
};

/** Up to so many are compared pair by pair, which allocates nothing. */
const FEW = 16;

/** The topics with each partition once; the same array where none is named twice. */
export function fetchedOnce<Partition extends { readonly partition: number }>(
  topics: readonly Topic<Partition>[],
): readonly Topic<Partition>[] {
  return isEachOnce(topics) ? topics : merged(topics);
}

function isEachOnce(topics: readonly Topic<{ readonly partition: number }>[]): boolean {
  return (
    topics.every(({ partitions }) => areApart(partitions, ({ partition }) => partition)) &&
    areApart(topics, keyOf)
  );
}

function areApart<T>(all: readonly T[], keyOfOne: (one: T) => string | number): boolean {
  if (all.length > FEW) return new Set(all.map(keyOfOne)).size === all.length;
  return all.every((one, index) => {
    const key = keyOfOne(one);
    for (let before = 0; before < index; before += 1) {
      const other = all[before];
      if (other !== undefined && keyOfOne(other) === key) return false;
    }
    return true;
  });
}

/** A request has either names or ids. */
const keyOf = ({ reference }: Topic<unknown>): string => reference.id ?? reference.topic ?? '';

function merged<Partition extends { readonly partition: number }>(
  topics: readonly Topic<Partition>[],
): Topic<Partition>[] {
  const byTopic = new Map<string, { reference: TopicReference; wanted: Map<number, Partition> }>();
  for (const topic of topics) {
    const key = keyOf(topic);
    const known = byTopic.get(key) ?? { reference: topic.reference, wanted: new Map() };
    byTopic.set(key, known);
    for (const one of topic.partitions) known.wanted.set(one.partition, one);
  }
  return [...byTopic.values()].map(({ reference, wanted }) => ({
    reference,
    partitions: [...wanted.values()],
  }));
}
