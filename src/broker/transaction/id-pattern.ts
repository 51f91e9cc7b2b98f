// Finds transactional ids by a pattern in RE2's syntax, as Apache Kafka does. RE2 does not backtrack: its time grows with the length
// of an id times the size of the pattern, which is limited. Many ids are matched in slices, between which other requests are served.

import { BackgroundThrottle } from '../background-throttle.ts';
import { re2js } from '../late.ts';

/** Limits of a pattern: its characters, and the states of its automaton, as a{1000} is short and yet large. */
const MOST_CHARACTERS = 1000;
const MOST_STATES = 1000;
const SLICE_MS = 5;

type Pattern = { matches(id: string): boolean };

/** The pattern, compiled; undefined where it is invalid or too large. */
function compile(pattern: string): Pattern | undefined {
  if (pattern.length > MOST_CHARACTERS) return undefined;
  const { RE2JS, RE2JSException } = re2js();
  try {
    const compiled = RE2JS.compile(pattern);
    return compiled.programSize() <= MOST_STATES ? compiled : undefined;
  } catch (error) {
    if (error instanceof RE2JSException) return undefined;
    throw error;
  }
}

/** Those whose whole id matches the pattern; undefined where that is invalid or exceeds its limits. */
export async function matching<T extends { readonly id: string }>(
  all: readonly T[],
  pattern: string,
): Promise<T[] | undefined> {
  const compiled = compile(pattern);
  if (compiled === undefined) return undefined;
  const throttle = new BackgroundThrottle();
  const found: T[] = [];
  let since = performance.now();
  for (const one of all) {
    if (compiled.matches(one.id)) found.push(one);
    if (performance.now() - since < SLICE_MS) continue;
    await throttle.pause();
    since = performance.now();
  }
  return found;
}
