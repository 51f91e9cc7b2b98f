// What every refused request is owed: the right status, all four parts of the error, and nothing of the inside.

import type { Response } from 'supertest';
import { expect } from 'vitest';

const LEAKS = [
  /\bat [^"]{0,120}[( ](?:file:|node:|\/)[^\s"]+:\d+:\d+/, // a stack trace
  /node_modules|\.(?:ts|js|ejs):\d+/,
  /\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|relation ".*" does not exist)\b/,
  /postgres(?:ql)?:\/\/(?!user:password@)\S*:[^*]\S*@/,
  /\b(?:TypeError|RangeError|ReferenceError|SyntaxError|ZodError|KafkaJS\w+|DatabaseError)\b/,
];

/** Fails where a text shows what only the program's own log may: a stack, SQL, a password, a class of an error. */
export function expectNoLeak(text: string): void {
  for (const leak of LEAKS) expect(text).not.toMatch(leak);
}

/** An error as the API tells it. */
export function expectError(response: Response, status: number, code: string): void {
  expect(response.status).toBe(status);
  expect(response.type).toBe('application/json');
  expect(Object.keys(response.body.error).sort()).toEqual(['code', 'expected', 'message', 'received']);
  expect(response.body.error.code).toBe(code);
  expect(response.body.error.message).toMatch(/^\S+( \S+)*$/);
  expectNoLeak(response.text);
}

/** An error as a page of the shop. */
export function expectErrorPage(response: Response, status: number): void {
  expect(response.status).toBe(status);
  expect(response.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(response.text).toContain('<h1>');
  expectNoLeak(response.text);
}
