// An observer that writes log lines and counts nothing.

import type { Logger } from '../runtime/log.ts';
import type { ConsumerObserver } from './handler.ts';

export const loggingObserver = (log: Logger): ConsumerObserver => ({
  joined: (partitions) => log.info({ partitions }, 'joined the consumer group'),
  seeking: (partition, offset) =>
    log.info({ partition, offset: offset.toString() }, 'seeking to the offset in Postgres'),
  taken: () => {},
  caughtUp: () => {},
  failed: (error, isFirst) => {
    // stop() was called during the pause: nothing to report.
    if (error instanceof Error && error.name === 'AbortError') return;
    if (isFirst) log.warn({ err: error }, 'Postgres does not take a batch; trying again');
  },
  recovered: () => log.info('Postgres is back'),
  warned: (message, details = {}) => log.warn(details, message),
  noted: (message, error) => log.debug({ err: error }, message),
});
