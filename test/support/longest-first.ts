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
  'e2e/look.whole',
  'e2e/lessons.whole',
  'e2e/pipeline.whole',
  'processes/start.whole',
  'db/embedded.whole',
  'e2e/tabs.whole',
  'e2e/live-restart.whole',
  'aggregator/realtime/killed.whole',
  'processes/clock-back.whole',
  'aggregator/batch/killed.whole',
  'consumer/zombie.whole',
  'chaos/simulated.whole',
  'chaos/disk-full.whole',
  'e2e/look',
  'e2e/pipeline',
  'processes/start',
  'seed/beside',
  'chaos/chaos',
  'aggregator/batch/tally',
  'main',
  'db/embedded',
  'e2e/aggregator',
  'e2e/look-questions',
  'e2e/look-dashboard',
  'http/routes',
  'http/whereabouts',
  'e2e/live-panels',
  'e2e/click-to-chart',
  'chaos/broken',
  'sessions/live/part',
  'behaviour/part',
  'seed/load',
  'seed/bad-files',
  'seed/resume',
  'sessions/dataset/count',
  'processes/preflight',
  'web/health',
  'consumer/zombie',
  'simulator/run',
  'aggregator/batch/run',
  'consumer/half-open',
  'ingest/slow-postgres',
  'processes/metrics-relay.whole',
  'e2e/look-keyboard.whole',
  'e2e/tabs',
  'e2e/offer.whole',
  'sessions/batch/answers',
  'web/fuzz',
  'enrichment/acknowledged',
  'dashboard/live/topic',
  'simulator/replay/sends',
  'sessions/batch/read',
  'sessions/commands',
  'dashboard/charts/routes',
  'events/wire',
  'db/time-zone',
  'seed/replica',
].map((name) => path.join('test', `${name}.test.ts`));

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = new Map(LONGEST.map((file, at) => [path.resolve(file), at]));
    const rankOf = ({ moduleId }: TestSpecification) => rank.get(moduleId) ?? LONGEST.length;
    return (await super.sort(files)).sort((a, b) => rankOf(a) - rankOf(b));
  }
}
