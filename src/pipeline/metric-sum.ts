// Sums out of the text that Prometheus reads: what the parts beside this one have counted.

/** The sum of a metric over all its labels; 0 where nobody counts it. */
export function sumOf(metrics: string, name: string): number {
  let sum = 0;
  for (const [, value] of metrics.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? ([\\d.e+-]+)$`, 'gm')))
    sum += Number(value);
  return sum;
}
