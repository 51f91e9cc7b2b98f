// The sessions that a run's visitors must have, made of the ledger's events alone, beside those that the live part keeps. Pure.
// Counted here by a rule of its own, not by the live part's: an event 30 minutes or more after the one before opens a session.

const GAP_MS = 30 * 60_000;

/** An event, at a time in milliseconds since 1970. */
export type Visited = { readonly visitor: string; readonly robot: boolean; readonly time: number };

/** A session as the live part keeps it, its first and its last event in milliseconds since 1970. */
export type KeptSession = {
  readonly id: number;
  readonly visitor: string;
  readonly robot: boolean;
  readonly from: number;
  readonly to: number;
  readonly events: number;
};

/** `own`: at least one of its events is the run's. */
type Expected = Pick<KeptSession, 'from' | 'to' | 'events'> & { readonly own: boolean };
type Happened = { readonly time: number; readonly own: boolean };
type Span = Pick<KeptSession, 'from' | 'to'>;

const nameOf = ({ visitor, robot }: Pick<Visited, 'visitor' | 'robot'>) =>
  robot ? `robot ${visitor}` : `visitor ${visitor}`;
const wordsOf = ({ from, to, events }: Omit<Expected, 'own'>) =>
  `${events} events from ${new Date(from).toISOString()} to ${new Date(to).toISOString()}`;
const overlaps = (one: Span, other: Span) => one.from <= other.to && other.from <= one.to;

/**
 * The differences between expected and kept sessions, a line for each.
 * @param own the run's stored events
 * @param others all other events of these visitors between the first and the last of `kept`, a gap beyond on both sides
 * @param kept all sessions of these visitors that the run's time touches
 */
export function sessionProblems(
  own: readonly Visited[],
  others: readonly Visited[],
  kept: readonly KeptSession[],
): string[] {
  const events = new Map<string, Happened[]>();
  for (const one of own) add(events, nameOf(one), { time: one.time, own: true });
  for (const one of others) add(events, nameOf(one), { time: one.time, own: false });
  const sessions = new Map<string, KeptSession[]>();
  for (const one of kept) add(sessions, nameOf(one), one);
  return [...new Set([...events.keys(), ...sessions.keys()])].flatMap((name) =>
    problemsOf(name, cut(events.get(name) ?? []), sessions.get(name) ?? []),
  );
}

function add<T>(groups: Map<string, T[]>, name: string, one: T): void {
  const group = groups.get(name);
  if (group === undefined) groups.set(name, [one]);
  else group.push(one);
}

/** Events of one visitor as sessions, by time. */
function cut(events: readonly Happened[]): Expected[] {
  const sessions: Expected[] = [];
  for (const { time, own } of events.toSorted((one, other) => one.time - other.time)) {
    const last = sessions.at(-1);
    if (last === undefined || time - last.to >= GAP_MS)
      sessions.push({ from: time, to: time, events: 1, own });
    else
      sessions[sessions.length - 1] = {
        from: last.from,
        to: time,
        events: last.events + 1,
        own: last.own || own,
      };
  }
  return sessions;
}

function problemsOf(name: string, expected: readonly Expected[], kept: readonly KeptSession[]): string[] {
  const left = new Set(kept);
  const take = (fits: (one: KeptSession) => boolean) => {
    const found = [...left].find(fits);
    if (found !== undefined) left.delete(found);
    return found;
  };
  const own = expected.filter((one) => one.own);
  const wrong = own.filter(
    ({ from, to, events }) =>
      take((one) => one.from === from && one.to === to && one.events === events) === undefined,
  );
  const problems = wrong.map((one) => {
    const other = take((session) => overlaps(session, one));
    return other === undefined
      ? `sessions: ${name} has none of ${wordsOf(one)}`
      : `sessions: ${other.id} of ${name} has ${wordsOf(other)}, expected ${wordsOf(one)}`;
  });
  // A kept session that is left may be another run's, unless it overlaps one of this run's, or none that is expected.
  const strange = [...left].filter(
    (session) => own.some((one) => overlaps(one, session)) || !expected.some((one) => overlaps(one, session)),
  );
  return [
    ...problems,
    ...strange.map((one) => `sessions: ${one.id} of ${name} has ${wordsOf(one)}, expected none there`),
  ];
}
