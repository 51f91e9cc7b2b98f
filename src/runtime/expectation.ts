// What a schema expected where a value does not fit, in plain English: zod's own messages are for programmers. A message that the
// schema brings is taken as it is.

import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** How our own messages may begin. */
const OWN_WORDS = 'expected ';
/** How zod's begin (zod/v4/locales/en). */
const ZODS_WORDS = /^(?:Invalid|Too (?:small|big)|Unrecognized key)/;

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'a JSON object',
  record: 'a JSON object',
};
const FORMATS: Readonly<Record<string, string>> = {
  datetime: 'a time as 2026-01-31T12:00:00Z',
  date: 'a date as 2026-01-31',
  ipv4: 'an IPv4 address',
  ipv6: 'an IPv6 address',
};

/** Where the value does not fit, and what was expected there. */
export type Expectation = { readonly path: readonly PropertyKey[]; readonly expected: string };

/** The expectation of an issue; of a union, that of the alternative which the value was meant to be, where only one comes near. */
export function expectationOf(issue: Issue): Expectation {
  const inner = issue.code === 'invalid_union' ? innerOf(issue) : undefined;
  if (inner === undefined) return { path: issue.path, expected: wordsOf(issue) };
  const { path, expected } = expectationOf(inner);
  return { path: [...issue.path, ...path], expected };
}

/** The first issue of the one alternative that the value comes near: an object of its fields alone, some of which do not fit. */
function innerOf({ errors }: z.core.$ZodIssueInvalidUnion): Issue | undefined {
  const near = errors.filter((issues) =>
    issues.every(({ code, path }) => code !== 'unrecognized_keys' && path.length > 0),
  );
  return near.length === 1 ? near[0]?.[0] : undefined;
}

function wordsOf(issue: Issue): string {
  const { message } = issue;
  if (!ZODS_WORDS.test(message))
    return message.startsWith(OWN_WORDS) ? message.slice(OWN_WORDS.length) : message;
  switch (issue.code) {
    case 'invalid_value':
      return issue.values.map(String).join(', ');
    case 'unrecognized_keys':
      return `no field named ${issue.keys.join(', ')}`;
    case 'invalid_type':
      return TYPES[issue.expected] ?? issue.expected;
    case 'invalid_format':
      return FORMATS[issue.format] ?? `a valid ${issue.format}`;
    case 'too_small':
      return bound(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum);
    case 'too_big':
      return bound(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum);
    case 'invalid_union':
      return alternativesOf(issue);
    default:
      return message;
  }
}

function bound(origin: string, words: string, limit: number | bigint): string {
  const [one, more] = origin === 'string' ? ['character', 'characters'] : ['entry', 'entries'];
  const unit = origin === 'number' || origin === 'int' ? '' : ` ${Number(limit) === 1 ? one : more}`;
  return `${words} ${limit}${unit}`;
}

function alternativesOf(issue: z.core.$ZodIssueInvalidUnion): string {
  const options = 'options' in issue ? issue.options : undefined;
  const alternatives: readonly (readonly Issue[])[] = issue.errors;
  const own = alternatives.flatMap(([first]) =>
    first === undefined || first.path.length > 0 || first.code === 'unrecognized_keys'
      ? []
      : [wordsOf(first)],
  );
  const words = [...new Set([...(options ?? []).map(String), ...own])];
  return words.length > 0 ? words.join(' or ') : 'another value';
}
