// How a shop's traffic is spread over a week, by hour and weekday in UTC. The shape is a guess: the dataset publishes none.
// A position on the even axis (seconds as if every hour were the same) becomes an instant of the uneven one.

/** Relative traffic of the hours from midnight: a quiet night, a plateau by day, a peak in the evening. */
export const BY_HOUR = [
  18, 11, 7, 5, 5, 8, 17, 32, 48, 60, 68, 72, 74, 72, 70, 70, 73, 79, 88, 98, 100, 88, 62, 36,
] as const;
/** Relative traffic of the days from Sunday. */
export const BY_WEEKDAY = [82, 100, 104, 105, 103, 96, 78] as const;

const HOUR_MS = 3_600_000;
const WEEK_HOURS = 168;

/** From seconds on the even axis, 0 at the start of a run, to milliseconds since 1970. */
export type Curve = (seconds: number) => number;

/** Every hour is the same. */
export const flat =
  (start: number): Curve =>
  (seconds) =>
    start + seconds * 1000;

/** Traffic of each hour of a week from Thursday 1970-01-01 00:00 UTC; their mean is 1. */
const WEIGHTS = ((): readonly number[] => {
  const raw = Array.from({ length: WEEK_HOURS }, (_, hour) => {
    const weekday = new Date(hour * HOUR_MS).getUTCDay();
    return (BY_WEEKDAY[weekday] ?? 0) * (BY_HOUR[hour % 24] ?? 0);
  });
  const mean = raw.reduce((sum, weight) => sum + weight, 0) / WEEK_HOURS;
  return raw.map((weight) => weight / mean);
})();

/** The traffic of the hour that an instant lies in, relative to the mean of the week. */
export const trafficAt = (time: number): number =>
  WEIGHTS[((Math.floor(time / HOUR_MS) % WEEK_HOURS) + WEEK_HOURS) % WEEK_HOURS] ?? 1;

/** Follows the hours and weekdays; the mean over whole weeks is the even axis' own. */
export function weekly(start: number): Curve {
  // Walked from the last answer: positions come mostly in order.
  let known = { seconds: 0, time: start };
  return (seconds) => {
    if (seconds < 0) return start + (seconds * 1000) / trafficAt(start - 1);
    let { seconds: at, time } = seconds >= known.seconds ? known : { seconds: 0, time: start };
    for (;;) {
      const weight = trafficAt(time);
      const left = (Math.floor(time / HOUR_MS) + 1) * HOUR_MS - time;
      const passes = (left / 1000) * weight;
      if (at + passes > seconds) break;
      at += passes;
      time += left;
      known = { seconds: at, time };
    }
    return time + ((seconds - at) * 1000) / trafficAt(time);
  };
}
