// Explains a visitor's sessions: each event with the gap before it and the verdict.

/** An event of a visitor; `place` names its origin: a file, a page, or a partition and offset. */
export type ExplainedEvent = { readonly sentMs: number; readonly place: string };

export type Verdict = ExplainedEvent & {
  /** Its session among the visitor's, from 1. */
  readonly session: number;
  /** Milliseconds since the event before; undefined at the first. */
  readonly gapMs: number | undefined;
  readonly verdict: string;
};

/**
 * Explains a visitor's events.
 * @param events in the order of time
 * @param gapMs the session gap: an event that comes as long after the one before it opens a session
 */
export function explainVisits(events: readonly ExplainedEvent[], gapMs: number): Verdict[] {
  let session = 0;
  return events.map((event, index) => {
    const before = events[index - 1];
    const gap = before === undefined ? undefined : event.sentMs - before.sentMs;
    if (gap === undefined || gap >= gapMs) session += 1;
    return { ...event, session, gapMs: gap, verdict: verdictOf(gap, gapMs, session) };
  });
}

function verdictOf(gap: number | undefined, gapMs: number, session: number): string {
  if (gap === undefined) return `first event: session ${session}`;
  const [mine, limit] = [lengthText(gap), lengthText(gapMs)];
  return gap >= gapMs
    ? `${mine} ≥ ${limit}: new session ${session}`
    : `${mine} < ${limit}: still session ${session}`;
}

/** Milliseconds as 30:00.000 or 1:02:03.004. */
export function lengthText(ms: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor(ms / 60_000) % 60;
  const seconds = `${two(Math.floor(ms / 1000) % 60)}.${String(ms % 1000).padStart(3, '0')}`;
  return hours > 0 ? `${hours}:${two(minutes)}:${seconds}` : `${minutes}:${seconds}`;
}
