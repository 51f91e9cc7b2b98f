// Errors of producing, and the reasons of kafkajs's errors, which wrap each other.

import { CodedError } from '../runtime/errors.ts';

export type KafkaErrorCode = 'BROKERS_UNREACHABLE' | 'OUTBOX_FULL' | 'OUTBOX_WRITE' | 'REFUSED' | 'CLOSED';

export class KafkaError extends CodedError<KafkaErrorCode> {
  override readonly name = 'KafkaError';
}

/** The message of the innermost cause, with its protocol name where it has one. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return reasonOf(error.cause);
  return 'type' in error && typeof error.type === 'string'
    ? `${error.type}: ${error.message}`
    : error.message;
}

/** Whether Kafka has refused a record or batch for its size. */
export const isTooLarge = (error: unknown): boolean =>
  isOfType(error, 'MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE');

/** Whether Kafka has no such topic: somebody has deleted it. */
export const isUnknownTopic = (error: unknown): boolean => isOfType(error, 'UNKNOWN_TOPIC_OR_PARTITION');

/** Whether Kafka has refused a record's timestamp as too far from its own time: by default more than an hour ahead. */
export const isBadTimestamp = (error: unknown): boolean => isOfType(error, 'INVALID_TIMESTAMP');

function isOfType(error: unknown, ...types: readonly string[]): boolean {
  if (!(error instanceof Error)) return false;
  if ('type' in error && typeof error.type === 'string' && types.includes(error.type)) return true;
  return isOfType(error.cause, ...types);
}
