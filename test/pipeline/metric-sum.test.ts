import { expect, it } from 'vitest';
import { sumOf } from '../../src/pipeline/metric-sum.ts';

const FIGURES = `# HELP ingested_total events
# TYPE ingested_total counter
ingested_total{part="a"} 3
ingested_total{part="b",topic="x y"} 4.5
ingested_total_more 100
more_ingested_total 100
plain 7
small 1.5e-7
large 2e+21
negative -3
broken NaN
`;

it.each([
  ['ingested_total', 7.5],
  ['plain', 7],
  ['small', 1.5e-7],
  ['large', 2e21],
  ['negative', -3],
  ['broken', 0],
  ['missing', 0],
])('the sum of %s over its labels is %f', (name, sum) => {
  expect(sumOf(FIGURES, name)).toBe(sum);
});

it('the sum of a figure is 0 of no text', () => {
  expect(sumOf('', 'plain')).toBe(0);
});
