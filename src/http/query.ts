// Query strings and small bodies → what a schema makes of them.

import type { Request } from 'express';
import { z } from 'zod';
import { expectationOf } from '../runtime/expectation.ts';
import { badRequest } from './errors.ts';

/** @throws {HttpError} 400 naming the first wrong parameter */
export function readQuery<T extends z.ZodType>(schema: T, req: Request): z.infer<T> {
  const parsed = schema.safeParse(req.query);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue?.code === 'unrecognized_keys') {
    const known = schema instanceof z.ZodObject ? Object.keys(schema.shape).join(', ') : '';
    throw badRequest(`there is no parameter ${issue.keys.join(', ')}`, issue.keys.join(', '), known);
  }
  const name = String(issue?.path[0] ?? '');
  throw badRequest(`the query has no usable ${name}`, req.query[name], expected(issue));
}

/** @param of what the body is to who sent it @throws {HttpError} 400 naming the first wrong field */
export function readBody<T extends z.ZodType>(
  schema: T,
  req: Request,
  of: 'body' | 'form' = 'body',
): z.infer<T> {
  const parsed = schema.safeParse(req.body ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = String(issue?.path[0] ?? 'body');
  throw badRequest(`the ${of} has no usable ${field}`, req.body?.[field], expected(issue));
}

const expected = (issue: z.core.$ZodIssue | undefined): string =>
  issue === undefined ? '' : expectationOf(issue).expected;
