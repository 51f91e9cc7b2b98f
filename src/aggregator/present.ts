// Definitions, sessions and rows for the API and the pages.

import { progressOf } from './core/progress.ts';
import { type Column, rowColumns, writeObject } from './core/row.ts';
import type { Session } from './core/session.ts';
import { TTL_MS } from './core/step.ts';
import { describeDefinition, type FlushTime, flushCalendar } from './definition/calendar.ts';
import { definitionOf, type KnownDefinition, type KnownVersion } from './store/overview.ts';

export type DefinitionState = 'active' | 'failing' | 'paused' | 'files';

const topicOf = (body: unknown): string | null => {
  const topic: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'topic') : undefined;
  return typeof topic === 'string' ? topic : null;
};

function stateOf({ body, paused, failure }: KnownDefinition): DefinitionState {
  if (topicOf(body) === null) return 'files';
  if (paused) return 'paused';
  return failure === null ? 'active' : 'failing';
}

/** A definition in a list. */
export const briefly = (known: KnownDefinition) => ({
  name: known.name,
  state: stateOf(known),
  failure: known.failure,
  topic: topicOf(known.body),
  version: known.version,
  created_at: known.created_at.toISOString(),
  saved_at: known.saved_at.toISOString(),
  open_sessions: known.open,
  results: known.results,
  set_aside: known.set_aside,
  last_flush: known.last_flush?.toISOString() ?? null,
});

/**
 * A definition in words, with its next flushes, or what they depend on. Takes any stored body, as a newer program may have saved it.
 * @param now milliseconds since the epoch
 */
export function explained(
  body: unknown,
  now: number,
): {
  readonly words: readonly string[];
  readonly nextFlushes: readonly FlushTime[] | string;
} {
  const definition = definitionOf(body);
  return definition === undefined
    ? { words: ['This program can’t read the definition.'], nextFlushes: 'unknown' }
    : { words: describeDefinition(definition), nextFlushes: flushCalendar(definition, now) };
}

/** A version in a list. `asleep`: its grouping has sessions and is not the one in force. */
export const versionRow = (
  { version, saved_at, grouping, sessions, body }: KnownVersion,
  inForce: string,
) => ({
  version,
  saved_at: saved_at.toISOString(),
  grouping,
  sessions,
  asleep: grouping !== inForce && sessions > 0,
  definition: body,
});

const time = (at: number): string => JSON.stringify(new Date(at).toISOString());

/** The columns of an open session, as the row will have them. */
export const sessionColumns = (session: Session): Column[] => rowColumns({ session, type: 'TIMEOUT', at: 0 });

function sessionMeta(session: Session): Column[] {
  return [
    ['count', String(session.count)],
    ['version', String(session.plan.version)],
    ['created_at', time(session.createdAt)],
    ['updated_at', time(session.updatedAt)],
    ['due_at', session.dueAt === undefined ? 'null' : time(session.dueAt)],
    ['expires_at', time(session.updatedAt + TTL_MS)],
    ['progress', JSON.stringify(progressOf(session))],
  ];
}

/** An open session as JSON text, with all digits. */
export const writeSession = (session: Session): string =>
  writeObject([...sessionColumns(session), ['meta', writeObject(sessionMeta(session))]]);
