// The observer of ingest's consumer: log lines and metrics.

import type { ConsumerObserver } from '../consumer/handler.ts';
import type { Logger } from '../runtime/log.ts';
import type { IngestMetrics } from './metrics.ts';

export function ingestObserver(metrics: IngestMetrics, log: Logger): ConsumerObserver {
  return {
    joined: (partitions) => log.info({ partitions }, 'joined the consumer group'),
    seeking: (partition, offset) =>
      log.info({ partition, offset: offset.toString() }, 'seeking to the offset in Postgres'),
    taken: (partition, records, behind) => metrics.taken(partition, records, behind),
    caughtUp: (partition, behind) => metrics.lag(partition, behind),
    failed: (error, isFirst) => {
      if (isFirst) log.warn({ err: error }, 'Postgres does not take a batch; trying again');
      metrics.failed();
    },
    recovered: () => log.info('Postgres is back'),
    warned: (message, details = {}) => log.warn(details, message),
    noted: (message, error) => log.debug({ err: error }, message),
  };
}
