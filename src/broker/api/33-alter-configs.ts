// AlterConfigs: v0-2
//
// Behaviour:
// * Replaces a topic's settings: those that the request leaves out return to the broker's defaults.
// * The broker's own settings can't be altered while it runs.
//
// Version notes: v2 is flexible; v1 is v0.
//
//   Request => [resourceType resourceName [configName configValue]] validateOnly
//     resourceType => INT8   configValue => NULLABLE_STRING
//   Response => throttleTimeMs [errorCode errorMessage resourceType resourceName]

import type { Writer } from '../wire/writer.ts';
import { type Alteration, writeAlterations } from './alter-configs.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, type Request } from './api.ts';

function handle(request: Request, context: Context): Writer {
  const { body } = request;
  const alterations = body.structs((): Alteration => {
    const [type, name] = [body.int8(), body.string()];
    const given = body.structs(() => ({ name: body.string(), value: body.nullableString() }));
    const overridesFrom = () => Object.fromEntries(given.map((one) => [one.name, one.value ?? '']));
    return { type, name, given, overridesFrom };
  });
  const validateOnly = body.boolean();
  const writer = answerTo(request).int32(NO_THROTTLE);
  return writeAlterations(writer, alterations, validateOnly, context);
}

export const alterConfigs: Api = { key: 33, name: 'AlterConfigs', min: 0, max: 2, flexibleFrom: 2, handle };
