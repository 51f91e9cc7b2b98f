// DescribeUserScramCredentials: v0
//
// Behaviour:
// * This broker has no users: the list of all (a null or empty request) is empty, and a named user is RESOURCE_NOT_FOUND.
//
//   Request => [user] (nullable)
//   Response => throttleTimeMs errorCode errorMessage [user errorCode errorMessage [mechanism iterations]]
//     errorMessage => NULLABLE_STRING   mechanism => INT8   iterations => INT32

import { ErrorCode } from '../wire/error-codes.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, NO_THROTTLE, type Request } from './api.ts';

function handle(request: Request): Writer {
  const { body } = request;
  const users = body.nullableStructs(() => body.string()) ?? [];
  const writer = answerTo(request).int32(NO_THROTTLE).int16(ErrorCode.NONE).string(null);
  return writer.structs(users, (user) =>
    writer
      .string(user)
      .int16(ErrorCode.RESOURCE_NOT_FOUND)
      .string('there are no users: this broker does not speak SASL')
      .structs([], () => {}),
  );
}

export const describeUserScramCredentials: Api = {
  key: 50,
  name: 'DescribeUserScramCredentials',
  min: 0,
  max: 0,
  flexibleFrom: 0,
  handle,
};
