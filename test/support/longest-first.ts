// Starts the longest test files first, so that none of them is alone at the end.

import path from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The longest first; those not named here follow, in the runner's own order. */
const LONGEST = [
  'examples/connect.engine',
  'examples/spark.engine',
  'broker/conformance/conformance.engine',
  'broker/conformance/newest-kafka.engine',
  'chaos/apache-kafka.engine',
  'examples/spark-stream.engine',
  'examples/flink.engine',
  'examples/kafka-streams.engine',
  'processes/start',
  'e2e/lessons',
  'e2e/pipeline',
  'e2e/look',
  'e2e/aggregator',
  'processes/clock-back',
  'chaos/chaos',
  'db/embedded',
  'chaos/disk-full',
  'e2e/live-restart',
  'aggregator/batch/run',
  'main',
].map((name) => path.join('test', `${name}.test.ts`));

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = new Map(LONGEST.map((file, at) => [path.resolve(file), at]));
    const rankOf = ({ moduleId }: TestSpecification) => rank.get(moduleId) ?? LONGEST.length;
    return (await super.sort(files)).sort((a, b) => rankOf(a) - rankOf(b));
  }
}
