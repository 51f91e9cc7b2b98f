// Sessions of one visitor as its events come, in any order: (sessions, event) → changes. A session is never split; an event
// between two can merge them. Pure: the time is an argument.

/** An event opens a session where it comes this long after the one before it, in milliseconds. */
export const GAP_MS = 1_800_000;

export type Session = {
  readonly id: number;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly events: number;
  /** Counts the transactions that have changed it, from 1. */
  readonly revision: number;
  /** Any further event in order opens another session; a late one may still reopen this one. */
  readonly closed: boolean;
  readonly mergedInto: number | undefined;
};

/** Why a session has changed: opened, continued by a newer event or by a late one, merged with another, closed by the clock. */
const REASONS = ['opened', 'continued', 'late', 'merged', 'closed'] as const;
export type Reason = (typeof REASONS)[number];

export type Change = {
  readonly session: Session;
  readonly because: Reason;
  /** Milliseconds from the event to the session's last one; 0 where it is the last. */
  readonly lateByMs: number;
};

/** The effect of one event on a session. `before` is undefined where it opens the session. */
export type Effect = { readonly before: Session | undefined; readonly after: Session };

const touches = ({ startedMs, endedMs }: Session, sentMs: number) =>
  sentMs - endedMs < GAP_MS && startedMs - sentMs < GAP_MS;

/**
 * Adds one event.
 * @param sessions of one visitor, none of them merged, in any order; at least all that the event may touch
 * @param newId returns the id of a new session
 * @returns the sessions that are changed: one, or two where one was merged into the other, which comes first
 */
function step(sessions: readonly Session[], sentMs: number, newId: () => number): Change[] {
  const [first, second] = sessions
    .filter((session) => touches(session, sentMs))
    .toSorted((a, b) => a.startedMs - b.startedMs);
  if (first === undefined) return [{ session: opened(newId(), sentMs), because: 'opened', lateByMs: 0 }];
  const lateByMs = Math.max((second ?? first).endedMs - sentMs, 0);
  if (second === undefined) {
    const session = {
      ...first,
      startedMs: Math.min(first.startedMs, sentMs),
      endedMs: Math.max(first.endedMs, sentMs),
      events: first.events + 1,
    };
    return [{ session, because: lateByMs > 0 ? 'late' : 'continued', lateByMs }];
  }
  const survivor = { ...first, endedMs: second.endedMs, events: first.events + second.events + 1 };
  return [
    { session: { ...second, mergedInto: first.id }, because: 'merged', lateByMs },
    { session: survivor, because: 'merged', lateByMs },
  ];
}

const opened = (id: number, sentMs: number): Session => ({
  id,
  startedMs: sentMs,
  endedMs: sentMs,
  events: 1,
  revision: 0,
  closed: false,
  mergedInto: undefined,
});

/**
 * Adds the events of one transaction. Each changed session comes once, with its last reason and the next revision, closed where
 * `closedUntilMs` is at least the gap after its end, else open.
 * @param sentTimes in the order of arrival, in milliseconds
 * @param closedUntilMs until when the clock has closed sessions
 * @param onEvent called for each event, with its index in `sentTimes` and its effects on sessions
 */
export function stepAll(
  sessions: readonly Session[],
  sentTimes: readonly number[],
  newId: () => number,
  closedUntilMs: number,
  onEvent: (event: number, effects: readonly Effect[]) => void = () => {},
): Change[] {
  const current = new Map(sessions.map((session) => [session.id, session]));
  const changed = new Map<number, Change>();
  for (const [event, sentMs] of sentTimes.entries()) {
    const open = [...current.values()].filter(({ mergedInto }) => mergedInto === undefined);
    const stepped = step(open, sentMs, newId);
    onEvent(
      event,
      stepped.map(({ session }) => ({ before: current.get(session.id), after: session })),
    );
    for (const change of stepped) {
      const { id } = change.session;
      const before = changed.get(id);
      current.set(id, change.session);
      const because =
        before?.because === 'opened' && change.because === 'continued' ? 'opened' : change.because;
      changed.set(id, { ...change, because, lateByMs: Math.max(change.lateByMs, before?.lateByMs ?? 0) });
    }
  }
  // A session that was opened and merged within one transaction was never published.
  const published = [...changed.values()].filter(
    ({ session }) => session.revision > 0 || session.mergedInto === undefined,
  );
  const survivorOf = (id: number | undefined): number | undefined => {
    const next = id === undefined ? undefined : current.get(id)?.mergedInto;
    return next === undefined ? id : survivorOf(next);
  };
  return published.map((change) => {
    const session = { ...change.session, mergedInto: survivorOf(change.session.mergedInto) };
    return { ...change, session: revised(session, closedUntilMs) };
  });
}

const revised = (session: Session, closedUntilMs: number): Session => ({
  ...session,
  revision: session.revision + 1,
  closed: session.endedMs + GAP_MS <= closedUntilMs,
});

/** Closes a session whose gap has passed. */
export const close = (session: Session): Change => ({
  session: { ...session, revision: session.revision + 1, closed: true },
  because: 'closed',
  lateByMs: 0,
});
