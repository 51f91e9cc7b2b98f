// The observer of ingest's consumer: log lines and metrics.

import type { ConsumerObserver } from '../consumer/handler.ts';
import { loggingObserver } from '../consumer/logging-observer.ts';
import type { Logger } from '../runtime/log.ts';
import type { IngestMetrics } from './metrics.ts';

export function ingestObserver(metrics: IngestMetrics, log: Logger): ConsumerObserver {
  const logging = loggingObserver(log);
  return {
    ...logging,
    taken: (partition, records, behind) => metrics.taken(partition, records, behind),
    caughtUp: (partition, behind) => metrics.lag(partition, behind),
    failed: (error, isFirst) => {
      logging.failed(error, isFirst);
      metrics.failed();
    },
  };
}
