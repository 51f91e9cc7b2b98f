import { createLog, type Logger } from '../../src/runtime/log.ts';

/** A log that nobody reads. */
export const testLog: Logger = createLog('test', 'silent', false);
