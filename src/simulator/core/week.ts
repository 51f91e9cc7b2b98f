// A shop's traffic over a week, by hour and weekday in UTC. A curve maps seconds of even traffic to instants of the uneven one.

import { BY_HOUR, BY_WEEKDAY } from '../../../seed/replica/calendar.ts';

const HOUR_MS = 3_600_000;
const WEEK_HOURS = 168;

/** From seconds of even traffic, 0 at the start of a run, to milliseconds since 1970. */
export type Curve = (seconds: number) => number;

/** The curve of even traffic. */
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

/** Traffic of an instant's hour, relative to the mean of the week. */
export const trafficAt = (time: number): number =>
  WEIGHTS[((Math.floor(time / HOUR_MS) % WEEK_HOURS) + WEEK_HOURS) % WEEK_HOURS] ?? 1;

/** The curve of hours and weekdays, whose mean over whole weeks is that of even traffic. */
export function weekly(start: number): Curve {
  // The walk goes on from the last result, as positions come mostly in order.
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
