// DescribeAcls, CreateAcls and DeleteAcls: v1-3
//
// Behaviour:
// * There is no authorizer: each response is SECURITY_DISABLED, as from Apache Kafka without one.
//
// Version notes: v2 is flexible; v3 adds users as a resource type.
//
//   Filter => resourceType resourceName patternType principal host operation permission
//   Creation => resourceType resourceName patternType principal host operation permission
//     resourceType, patternType, operation, permission => INT8   the others => STRING, NULLABLE_STRING in a Filter
//   DescribeAclsRequest => Filter
//   DescribeAclsResponse => throttleTimeMs errorCode errorMessage [resource …]
//   CreateAclsRequest => [Creation]
//   CreateAclsResponse => throttleTimeMs [errorCode errorMessage]
//   DeleteAclsRequest => [Filter]
//   DeleteAclsResponse => throttleTimeMs [errorCode errorMessage [acl …]]
//     errorMessage => NULLABLE_STRING

import { ErrorCode } from '../wire/error-codes.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, NO_THROTTLE, type Request } from './api.ts';

const VERSIONS = { min: 1, max: 3, flexibleFrom: 2 };
const DISABLED = 'No Authorizer is configured.';

function readFilter(body: Reader): void {
  body.int8();
  body.nullableString();
  body.int8();
  body.nullableString();
  body.nullableString();
  body.int8();
  body.int8();
}

const writeDisabled = (writer: Writer): Writer => writer.int16(ErrorCode.SECURITY_DISABLED).string(DISABLED);

export const describeAcls: Api = {
  key: 29,
  name: 'DescribeAcls',
  ...VERSIONS,
  handle: (request: Request) => {
    readFilter(request.body);
    return writeDisabled(answerTo(request).int32(NO_THROTTLE)).structs([], () => {});
  },
};

export const createAcls: Api = {
  key: 30,
  name: 'CreateAcls',
  ...VERSIONS,
  handle: (request: Request) => {
    const creations = request.body.structs(readFilter);
    const writer = answerTo(request).int32(NO_THROTTLE);
    return writer.structs(creations, () => writeDisabled(writer));
  },
};

export const deleteAcls: Api = {
  key: 31,
  name: 'DeleteAcls',
  ...VERSIONS,
  handle: (request: Request) => {
    const filters = request.body.structs(readFilter);
    const writer = answerTo(request).int32(NO_THROTTLE);
    return writer.structs(filters, () => writeDisabled(writer).structs([], () => {}));
  },
};
