// One operation of the API, declared once: its route, parameters, body and answers. serve() creates the route from it, and
// openapi/document.ts the description, so that they can't differ.

import type { IRouter } from 'express';
import { z } from 'zod';
import { type Handler, route } from './routes.ts';

/** Bodies by media type; 'text' has no schema. */
export type Content = Readonly<Record<string, z.ZodType | 'text'>>;

export type Operation = {
  readonly method: 'get' | 'post';
  /** In Express's syntax: /api/events/:order_id */
  readonly path: `/api/${string}`;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: Content;
  /** By status. Errors have no content of their own: all have errorSchema. */
  readonly answers: Readonly<Record<number, { readonly says: string; readonly content?: Content }>>;
  /** Values that a reader can try. */
  readonly example?: {
    readonly params?: Readonly<Record<string, string>>;
    readonly query?: Readonly<Record<string, string>>;
    readonly body?: unknown;
  };
};

/** Lets the compiler check a declaration and keep its own type. */
export const operation = <const O extends Operation>(declared: O): O => declared;

/** Routes an operation's path and method to the handlers; any other method is 405. */
export function serve(router: IRouter, { method, path }: Operation, ...handlers: readonly Handler[]): void {
  route(router, path, { [method]: handlers });
}

/** The schema of every error of the API. */
export const errorSchema = z
  .object({
    error: z.object({
      code: z.string().describe('which error it is, for programs'),
      message: z.string().describe('what is wrong, for people'),
      received: z.unknown().describe('what was received; null where that says nothing'),
      expected: z.string().nullable().describe('what would have been right'),
      problems: z
        .array(
          z.object({
            pointer: z.string().describe('JSON pointer into what was received (RFC 6901)'),
            message: z.string(),
            suggestion: z.string().nullable().describe('what was probably meant'),
          }),
        )
        .optional()
        .describe('each of them, where several things may be wrong'),
    }),
  })
  .meta({ id: 'Error', description: 'Every error of the API' });
