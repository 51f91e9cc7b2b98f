// IncrementalAlterConfigs: v0-1
//
// Behaviour:
// * A setting is set (0) or deleted (1); cleanup.policy, the only list, can be appended to (2) or subtracted from (3).
// * The broker's own settings can't be altered while it runs.
//
// Version notes: v1 is flexible.
//
//   Request => [resourceType resourceName [configName configOperation configValue]] validateOnly
//     resourceType, configOperation => INT8   configValue => NULLABLE_STRING
//   Response => throttleTimeMs [errorCode errorMessage resourceType resourceName]

import { type ConfigOverrides, isConfigName } from '../log/topic-config.ts';
import type { Writer } from '../wire/writer.ts';
import { type Alteration, writeAlterations } from './alter-configs.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, type Request } from './api.ts';

const SET = 0;
const DELETE = 1;
const APPEND = 2;
const SUBTRACT = 3;
const LIST = 'cleanup.policy';
const LIST_DEFAULT = 'delete';

type Change = { readonly name: string; readonly operation: number; readonly value: string };

/** The settings after a change, or why it is refused. */
function change(overrides: ConfigOverrides, { name, operation, value }: Change): ConfigOverrides | string {
  if (!isConfigName(name)) return `${name}: unknown or not supported by this broker`;
  const { [name]: before, ...others } = overrides;
  if (operation === DELETE) return others;
  if (operation === SET) return { ...others, [name]: value };
  if (operation !== APPEND && operation !== SUBTRACT)
    return `${name}: received operation ${operation}, expected 0 to 3`;
  if (name !== LIST) return `${name}: not a list, which append and subtract need`;
  const [had, given] = [(before ?? LIST_DEFAULT).split(','), value.split(',')];
  const left = had.filter((one) => !given.includes(one));
  return { ...others, [name]: (operation === APPEND ? [...left, ...given] : left).join(',') };
}

function handle(request: Request, context: Context): Writer {
  const { body } = request;
  const alterations = body.structs((): Alteration => {
    const [type, name] = [body.int8(), body.string()];
    const changes = body.structs(() => {
      const [setting, operation, value] = [body.string(), body.int8(), body.nullableString()];
      return { name: setting, operation, value: operation === DELETE ? '' : value };
    });
    const overridesFrom = (overrides: ConfigOverrides) =>
      changes.reduce<ConfigOverrides | string>(
        (made, one) => (typeof made === 'string' ? made : change(made, { ...one, value: one.value ?? '' })),
        overrides,
      );
    return { type, name, given: changes, overridesFrom };
  });
  const validateOnly = body.boolean();
  const writer = answerTo(request).int32(NO_THROTTLE);
  return writeAlterations(writer, alterations, validateOnly, context);
}

export const incrementalAlterConfigs: Api = {
  key: 44,
  name: 'IncrementalAlterConfigs',
  min: 0,
  max: 1,
  flexibleFrom: 1,
  handle,
};
