// The common part of AlterConfigs and IncrementalAlterConfigs: either all changes of a topic's settings are made, or none.
//
//   Alterations => [errorCode errorMessage resourceType resourceName]

import { type ConfigOverrides, configProblem } from '../log/topic-config.ts';
import { ErrorCode } from '../wire/error-codes.ts';
import type { Writer } from '../wire/writer.ts';
import type { Context } from './api.ts';
import { namedTwice } from './named-twice.ts';

const TOPIC = 2;
const MAX_MESSAGE = 1000; // characters; it may quote what the client sent

/** A setting that is to be changed; null where the value is missing. */
type Given = { readonly name: string; readonly value: string | null };

type Altered = { readonly error: ErrorCode; readonly message: string | null };

/** A resource and the change of its settings; `overridesFrom` returns the new settings, or why the change is refused. */
export type Alteration = {
  readonly type: number;
  readonly name: string;
  readonly given: readonly Given[];
  overridesFrom(overrides: ConfigOverrides): ConfigOverrides | string;
};

const refused = (error: ErrorCode, message: string): Altered => ({
  error,
  message: message.slice(0, MAX_MESSAGE),
});

/** Why an alteration is invalid for any resource; null if it is valid. */
function problemOf({ given }: Alteration): string | null {
  const [twice] = namedTwice(given.map(({ name }) => name));
  if (twice !== undefined) return `${twice}: received more than once, expected each setting once`;
  const empty = given.find(({ value }) => value === null);
  return empty ? `${empty.name}: received null, expected a value` : null;
}

const idOf = ({ type, name }: Alteration): string => `${type}/${name}`;

/** Makes the alterations and writes the result of each; a resource that is named more than once is not changed. */
export function writeAlterations(
  writer: Writer,
  alterations: readonly Alteration[],
  validateOnly: boolean,
  context: Context,
): Writer {
  const twice = namedTwice(alterations.map(idOf));
  return writer.structs(alterations, (one) => {
    const altered = twice.has(idOf(one))
      ? refused(ErrorCode.INVALID_REQUEST, 'received more than once, expected each resource once')
      : alter(one, validateOnly, context);
    writer.int16(altered.error).string(altered.message).int8(one.type).string(one.name);
  });
}

/** Changes a topic's settings, unless the alteration is refused or `validateOnly`. */
function alter(alteration: Alteration, validateOnly: boolean, { topics }: Context): Altered {
  const { type, name } = alteration;
  const wrong = problemOf(alteration);
  if (wrong !== null) return refused(ErrorCode.INVALID_REQUEST, wrong);
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
