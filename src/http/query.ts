// Validates query strings and small bodies by a schema.

import type { Request } from 'express';
import { z } from 'zod';
import type { JsonObject } from '../events/json-object.ts';
import { expectationOf } from '../runtime/expectation.ts';
import { badRequest, type HttpError } from './errors.ts';

/** The query of a request, validated. @throws {HttpError} 400 naming the first invalid parameter */
export function readQuery<T extends z.ZodType>(schema: T, req: Request): z.infer<T> {
  const parsed = schema.safeParse(req.query);
  if (parsed.success) return parsed.data;
  throw refusal(schema, parsed.error, req.query, 'query', 'parameter');
}

/** The parsed body of a request, validated. @param of what its sender calls it @throws {HttpError} 400 naming the first invalid field */
export function readBody<T extends z.ZodType>(
  schema: T,
  req: Request,
  of: 'body' | 'form' = 'body',
): z.infer<T> {
  const parsed = schema.safeParse(req.body ?? {});
  if (parsed.success) return parsed.data;
  throw refusal(schema, parsed.error, req.body, of, 'field');
}

function refusal(
  schema: z.ZodType,
  { issues: [issue] }: z.ZodError,
  came: unknown,
  of: string,
  field: string,
): HttpError {
  if (issue?.code === 'unrecognized_keys' && issue.path.length === 0) {
    const known = schema instanceof z.ZodObject ? Object.keys(schema.shape).join(', ') : '';
    return badRequest(`there is no ${field} ${issue.keys.join(', ')}`, issue.keys.join(', '), known);
  }
  const expected = issue === undefined ? '' : expectationOf(issue).expected;
  const name = issue?.path[0];
  if (name === undefined) return badRequest(`the ${of} can't be used`, came, expected);
  return badRequest(
    `the ${of} has no usable ${String(name)}`,
    (came as JsonObject | undefined)?.[String(name)],
    expected,
  );
}
