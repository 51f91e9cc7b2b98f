// Errors of producing, and the reason that a wrapped kafkajs error has.

import { CodedError } from '../runtime/errors.ts';

export type KafkaErrorCode = 'BROKERS_UNREACHABLE' | 'OUTBOX_FULL' | 'OUTBOX_WRITE' | 'REFUSED' | 'CLOSED';

export class KafkaError extends CodedError<KafkaErrorCode> {
  override readonly name = 'KafkaError';
}

/** The innermost message of an error that kafkajs wrapped, with its protocol name where it has one. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return reasonOf(error.cause);
  return 'type' in error && typeof error.type === 'string'
    ? `${error.type}: ${error.message}`
    : error.message;
}

/** True where Kafka refused what was sent for its size. */
export const isTooLarge = (error: unknown): boolean =>
  isOfType(error, 'MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE');

/** True where Kafka has no such topic: somebody has deleted it. */
export const isUnknownTopic = (error: unknown): boolean => isOfType(error, 'UNKNOWN_TOPIC_OR_PARTITION');

/** True where Kafka refused what was sent for its time, which is too far from its own: more than an hour ahead, by its default. */
export const isBadTimestamp = (error: unknown): boolean => isOfType(error, 'INVALID_TIMESTAMP');

function isOfType(error: unknown, ...types: readonly string[]): boolean {
  if (!(error instanceof Error)) return false;
  if ('type' in error && typeof error.type === 'string' && types.includes(error.type)) return true;
  return isOfType(error.cause, ...types);
}
