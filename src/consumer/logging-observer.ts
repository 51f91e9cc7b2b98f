// An observer that only writes log lines.

import type { Logger } from '../runtime/log.ts';
import type { ConsumerObserver } from './handler.ts';

export const loggingObserver = (log: Logger): ConsumerObserver => ({
  joined: (partitions) => log.info({ partitions }, 'joined the consumer group'),
  seeking: (partition, offset) =>
    log.info({ partition, offset: offset.toString() }, 'seeking to the offset in Postgres'),
  taken: () => {},
  caughtUp: () => {},
  failed: (error, isFirst) => {
    // stop() was called while it waited for a retry.
    if (error instanceof Error && error.name === 'AbortError') return;
    if (isFirst) log.warn({ err: error }, 'a batch was not stored in Postgres; trying again');
  },
  recovered: () => log.info('Postgres is back'),
  warned: (message, details = {}) => log.warn(details, message),
  noted: (message, error) => log.debug({ err: error }, message),
});
