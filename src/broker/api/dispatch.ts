// Passes a request to its API. An unknown API or version closes the connection, as in Apache Kafka, except for ApiVersions,
// whose response lists the versions (18-api-versions.ts).

import type { RequestHeader } from '../wire/request-header.ts';
import { unsupportedApiVersions } from './18-api-versions.ts';
import { type Answer, type Context, isFlexible, RefusedRequest, type Request } from './api.ts';
import { APIS } from './apis.ts';

const API_VERSIONS = 18;
const byKey = new Map(APIS.map((api) => [api.key, api]));

/** @throws {RefusedRequest} for an API or a version that is not served */
export function dispatch(header: RequestHeader, request: Request, context: Context): Answer {
  const { apiKey, apiVersion } = header;
  const api = byKey.get(apiKey);
  if (api === undefined) {
    throw new RefusedRequest(`received API key ${apiKey}, expected one of ${[...byKey.keys()].join(', ')}`);
  }
  if (apiVersion >= api.min && apiVersion <= api.max) {
    if (isFlexible(api, apiVersion)) request.body.beginFlexible();
    return api.handle(request, context);
  }
  if (api.key === API_VERSIONS && apiVersion > api.max) return unsupportedApiVersions(request, APIS);
  throw new RefusedRequest(`received ${api.name} version ${apiVersion}, expected ${api.min} to ${api.max}`);
}
