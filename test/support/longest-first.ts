// Starts the longest test files first, so that none of them is alone at the end.

import path from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The longest first; those not named here follow, in the runner's own order. */
const LONGEST = [
  'examples/connect',
  'examples/spark',
  'broker/conformance/conformance',
  'e2e/look',
  'processes/start',
  'examples/spark-stream',
  'chaos/chaos',
  'examples/flink',
  'examples/kafka-streams',
  'db/embedded',
  'e2e/live-panels',
  'main',
].map((name) => path.join('test', `${name}.test.ts`));

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = new Map(LONGEST.map((file, at) => [path.resolve(file), at]));
    const rankOf = ({ moduleId }: TestSpecification) => rank.get(moduleId) ?? LONGEST.length;
    return (await super.sort(files)).sort((a, b) => rankOf(a) - rankOf(b));
  }
}
