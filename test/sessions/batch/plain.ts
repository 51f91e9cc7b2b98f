// Sessions by a second, plain implementation that shares nothing with the SQL: sorts in memory and walks.

export type PlainClick = {
  readonly anonymous_id: string;
  readonly browser_family: string;
  readonly os_family: string;
  readonly device_family: string;
  readonly device_sent_timestamp: number;
};

export type PlainFile = { readonly name: string; readonly clicks: readonly PlainClick[] };

const FIELDS = ['browser_family', 'os_family', 'device_family'] as const;

type Session = { readonly file: string; readonly clicks: PlainClick[] };

export function plainSessions(files: readonly PlainFile[], gapMs: number): Session[] {
  const sorted = files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const all = sorted.flatMap(({ name, clicks }) => clicks.map((click) => ({ file: name, click })));
  // Sorting is stable: at one time the earlier file and the earlier line stay first.
  all.sort((a, b) => a.click.device_sent_timestamp - b.click.device_sent_timestamp);
  const open = new Map<string, Session>();
  const sessions: Session[] = [];
  for (const { file, click } of all) {
    const current = open.get(click.anonymous_id);
    const last = current?.clicks.at(-1)?.device_sent_timestamp ?? 0;
    if (current !== undefined && click.device_sent_timestamp - last < gapMs) {
      current.clicks.push(click);
      continue;
    }
    const session = { file, clicks: [click] };
    open.set(click.anonymous_id, session);
    sessions.push(session);
  }
  return sessions;
}

const lengthMs = ({ clicks }: Session) =>
  (clicks.at(-1)?.device_sent_timestamp ?? 0) - (clicks[0]?.device_sent_timestamp ?? 0);

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = 0, high = 0] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (low + high) / 2;
}

/** The three answers as entries, sorted. */
export function plainAnswers(files: readonly PlainFile[], gapMs: number, multiEventOnly: boolean) {
  const sessions = plainSessions(files, gapMs);
  const perFile = files.map(({ name }) => [name, sessions.filter(({ file }) => file === name).length]);
  const values: [string, string, number][] = [];
  const medians: [string, string, number][] = [];
  for (const field of FIELDS) {
    const lengths = new Map<string, number[]>();
    const counts = new Map<string, number>();
    for (const session of sessions) {
      for (const value of new Set(session.clicks.map((click) => click[field]))) {
        counts.set(value, (counts.get(value) ?? 0) + 1);
        if (multiEventOnly && session.clicks.length === 1) continue;
        lengths.set(value, [...(lengths.get(value) ?? []), lengthMs(session)]);
      }
    }
    for (const [value, count] of counts) values.push([field, value, count]);
    for (const [value, of] of lengths) medians.push([field, value, median(of) / 1000]);
  }
  return { perFile: perFile.toSorted(), values: values.toSorted(), medians: medians.toSorted() };
}
