// Sums out of the text that Prometheus reads: what the parts beside this one have counted.

/** The sum of a figure over all its labels; 0 where nobody counts it. */
export function sumOf(figures: string, name: string): number {
  let sum = 0;
  for (const [, value] of figures.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? ([\\d.e+-]+)$`, 'gm')))
    sum += Number(value);
  return sum;
}
