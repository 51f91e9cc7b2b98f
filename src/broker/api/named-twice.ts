// Topics, partitions or settings that one request names more than once, which several APIs refuse, as Apache Kafka does.

/** The names that occur more than once, in linear time, as a request may have a hundred thousand. */
export function namedTwice(names: Iterable<string>): ReadonlySet<string> {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const name of names) (seen.has(name) ? twice : seen).add(name);
  return twice;
}
