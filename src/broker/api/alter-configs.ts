// The common part of AlterConfigs and IncrementalAlterConfigs: all changes of a topic's settings are made, or none.

import { type ConfigOverrides, configProblem } from '../log/topic-config.ts';
import { ErrorCode } from '../wire/error-codes.ts';
import type { Writer } from '../wire/writer.ts';
import type { Context } from './api.ts';

const TOPIC = 2;
const MAX_MESSAGE = 1000; // characters; it may quote what the client sent

export type Altered = { readonly error: ErrorCode; readonly message: string | null };

/** A resource, and the change of its settings. */
export type Alteration = {
  readonly type: number;
  readonly name: string;
  overridesFrom(overrides: ConfigOverrides): ConfigOverrides | string;
};

const refused = (error: ErrorCode, message: string): Altered => ({
  error,
  message: message.slice(0, MAX_MESSAGE),
});

/** Changes a topic's settings. @returns the error where it is refused */
export function alter(alteration: Alteration, validateOnly: boolean, { topics }: Context): Altered {
  const { type, name } = alteration;
  if (type !== TOPIC)
    return refused(
      ErrorCode.INVALID_REQUEST,
      `received resource type ${type}, expected ${TOPIC}: the broker's own settings are those of its start`,
    );
  const topic = topics.get(name);
  if (topic === undefined) return refused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, 'there is no such topic');
  const overrides = alteration.overridesFrom(topic.overrides);
  if (typeof overrides === 'string') return refused(ErrorCode.INVALID_CONFIG, overrides);
  const problem = Object.entries(overrides)
    .map(([setting, value]) => configProblem(setting, value))
    .find((one) => one !== null);
  if (problem) return refused(ErrorCode.INVALID_CONFIG, problem);
  if (validateOnly || topics.alter(name, overrides)) return { error: ErrorCode.NONE, message: null };
  return refused(ErrorCode.KAFKA_STORAGE_ERROR, 'the broker cannot write to its folder');
}

/** Writes one resource of either response: errorCode errorMessage resourceType resourceName. */
export function writeAltered(writer: Writer, { type, name }: Alteration, { error, message }: Altered): void {
  writer.int16(error).string(message).int8(type).string(name);
}
