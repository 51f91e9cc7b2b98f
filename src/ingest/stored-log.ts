// Logs, at level debug, a line for every record of a committed batch: by the order_id that the storefront or the collector has
// logged, a click can be followed through the logs of all processes to its row.

import type { KafkaRecord } from '../consumer/record.ts';
import type { Logger } from '../runtime/log.ts';
import { orderIdOf, parseBatch } from './batch.ts';

/** Parses the records again, so that at other log levels nothing is spent on it. */
export function logStored(log: Logger, partition: number, records: readonly KafkaRecord[]): void {
  if (!log.isLevelEnabled('debug')) return;
  const { events, deadLetters } = parseBatch({ partition, records });
  for (const event of events) {
    const { offset } = event.record;
    log.debug({ order_id: orderIdOf(event), partition, offset: offset.toString() }, 'event is in Postgres');
  }
  for (const { record, rejection } of deadLetters) {
    const { code, reason } = rejection;
    log.debug({ partition, offset: record.offset.toString(), code, reason }, 'message was set aside');
  }
}
