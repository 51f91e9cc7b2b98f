// Due times of the plain aggregator: every quarter of an hour is tried on the zone's clock.

export type PlainValue = null | string | boolean | number;
export type PlainRecord = Readonly<Record<string, PlainValue>>;
export type PlainTimeout = {
  readonly type: string;
  readonly hours?: number;
  readonly day?: number | 'last';
  readonly time?: string;
  readonly zone?: string;
  readonly field?: string;
};

const HOUR = 3_600_000;

/** Milliseconds since the epoch of a text with or without milliseconds and Z, always UTC; undefined for any other value. */
export function timestampOf(value: PlainValue | undefined): number | undefined {
  if (typeof value !== 'string') return undefined;
  const seconds = value.replace(/Z$/, '').replace(/\.\d{3}$/, '');
  const time = new Date(`${value.replace(/Z$/, '')}Z`);
  if (seconds.length !== 19 || Number.isNaN(time.getTime())) return undefined;
  return time.toISOString().startsWith(seconds) ? time.getTime() : undefined;
}

/** When a session is due that this record opens; undefined where it waits for the end of its file or run. */
export function dueOf(
  timeout: PlainTimeout | undefined,
  record: PlainRecord,
  now: number,
): number | undefined {
  if (timeout === undefined) return undefined;
  const { type, hours = 0, day, time = '', zone = '' } = timeout;
  if (type === 'HOUR') return now + hours * HOUR;
  if (type === 'TIMESTAMP') return timestampOf(record[timeout.field ?? '']);
  const days = type === 'DAY' ? daysAround(now) : daysOfMonths(now, day ?? 1);
  return Math.min(...days.map((one) => momentOf(zone, one, time)).filter((moment) => moment > now));
}

const dayText = (time: number): string => new Date(time).toISOString().slice(0, 10);
const daysAround = (now: number): string[] =>
  [-2, -1, 0, 1, 2, 3].map((days) => dayText(now + days * 24 * HOUR));

/** The day of the months around; the last one where a month is shorter. */
function daysOfMonths(now: number, day: number | 'last'): string[] {
  const [year, month] = [new Date(now).getUTCFullYear(), new Date(now).getUTCMonth()];
  return [-1, 0, 1, 2].map((months) => {
    const last = new Date(Date.UTC(year, month + months + 1, 0)).getUTCDate();
    return dayText(Date.UTC(year, month + months, day === 'last' ? last : Math.min(day, last)));
  });
}

const clocks = new Map<string, Intl.DateTimeFormat>();
const moments = new Map<string, number>();

/** As "2024-03-31 02:30". */
function clockOf(zone: string, time: number): string {
  const known =
    clocks.get(zone) ??
    new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  clocks.set(zone, known);
  return known.format(time);
}

/** When the zone's clock shows the time on that day: the first of two; with the offset before where it never does. */
function momentOf(zone: string, day: string, time: string): number {
  const name = `${zone} ${day} ${time}`;
  const known = moments.get(name) ?? searchMoment(zone, day, time);
  moments.set(name, known);
  return known;
}

function searchMoment(zone: string, day: string, time: string): number {
  const wanted = `${day} ${time}`;
  const inUtc = Date.parse(`${day}T${time}:00Z`);
  const tried = Array.from({ length: 2 * 4 * 14 + 1 }, (_, quarter) => inUtc + (quarter / 4 - 14) * HOUR);
  const shown = tried.map((one) => clockOf(zone, one));
  const found = tried[shown.indexOf(wanted)];
  if (found !== undefined) return found;
  const before = shown.findLastIndex((text) => text < wanted);
  const offset = Date.parse(`${shown[before]?.replace(' ', 'T')}:00Z`) - (tried[before] ?? 0);
  return inUtc - offset;
}
