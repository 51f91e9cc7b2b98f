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
  'e2e/look',
  'processes/start',
  'e2e/lessons',
  'db/embedded',
  'e2e/pipeline',
  'seed/load',
  'main',
  'e2e/look-questions',
  'processes/clock-back',
  'e2e/aggregator',
  'e2e/live-panels',
  'e2e/live-restart',
  'aggregator/batch/run',
  'sessions/live/part',
  'site/first-tabs',
  'behaviour/part',
  'aggregator/realtime/part',
  'e2e/look-dashboard',
  'e2e/tabs',
  'dashboard/live/topic',
  'web/health',
  'consumer/half-open',
  'chaos/disk-full',
  'consumer/zombie',
  'e2e/click-to-chart',
  'package',
  'sessions/batch/read',
  'sessions/commands',
  'seed/resume',
  'chaos/chaos',
  'chaos/broken',
  'seed/beside',
  'chaos/simulated',
  'simulator/run',
  'ingest/slow-postgres',
  'enrichment/acknowledged',
  'sessions/batch/answers',
  'http/whereabouts',
  'db/time-zone',
  'seed/replica',
  'e2e/look-keyboard',
  'web/fuzz',
  'sessions/dataset/count',
  'e2e/offer',
].map((name) => path.join('test', `${name}.test.ts`));

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = new Map(LONGEST.map((file, at) => [path.resolve(file), at]));
    const rankOf = ({ moduleId }: TestSpecification) => rank.get(moduleId) ?? LONGEST.length;
    return (await super.sort(files)).sort((a, b) => rankOf(a) - rankOf(b));
  }
}
