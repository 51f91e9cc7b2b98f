// DescribeClientQuotas: v0-1
//
// Behaviour:
// * This broker has no quotas: the list is always empty. AlterClientQuotas is not served.
//
// Version notes: v1 is flexible.
//
//   Request => [entityType matchType match] strict   matchType => INT8   match => NULLABLE_STRING   strict => BOOLEAN
//   Response => throttleTimeMs errorCode errorMessage [[entityType entityName] [key value]] (nullable)
//     errorMessage => NULLABLE_STRING

import { ErrorCode } from '../wire/error-codes.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, NO_THROTTLE, type Request } from './api.ts';

function handle(request: Request): Writer {
  const { body } = request;
  body.structs(() => [body.string(), body.int8(), body.nullableString()]);
  body.boolean();
  return answerTo(request)
    .int32(NO_THROTTLE)
    .int16(ErrorCode.NONE)
    .string(null)
    .structs([], () => {});
}

export const describeClientQuotas: Api = {
  key: 48,
  name: 'DescribeClientQuotas',
  min: 0,
  max: 1,
  flexibleFrom: 1,
  handle,
};
