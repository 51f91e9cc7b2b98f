// When the replica's journeys begin: 2019-01-01 to 2019-05-31, fewer on weekends and at night. The shape
// is a guess, as the dataset publishes none; the simulated shop's week has it too.

import type { Random } from '../../src/runtime/seeded-random.ts';

/** Relative traffic of the hours from midnight: a quiet night, a plateau by day, a peak in the evening. */
export const BY_HOUR = [
  18, 11, 7, 5, 5, 8, 17, 32, 48, 60, 68, 72, 74, 72, 70, 70, 73, 79, 88, 98, 100, 88, 62, 36,
] as const;
/** Relative traffic of the days from Sunday. */
export const BY_WEEKDAY = [82, 100, 104, 105, 103, 96, 78] as const;

/** Seconds since 1970 of the first moment, and of the first one that is too late. */
const FIRST_SECOND = Date.UTC(2019, 0, 1) / 1000;
export const END_SECOND = Date.UTC(2019, 5, 1) / 1000;

const HOUR = 3600;
const HOURS = (END_SECOND - FIRST_SECOND) / HOUR;

/** For each hour of the five months, the traffic up to its end; 1 at the last. */
const upTo = ((): Float64Array => {
  const weights = new Float64Array(HOURS);
  let sum = 0;
  for (let hour = 0; hour < HOURS; hour++) {
    const weekday = new Date((FIRST_SECOND + hour * HOUR) * 1000).getUTCDay();
    sum += (BY_WEEKDAY[weekday] ?? 0) * (BY_HOUR[hour % 24] ?? 0);
    weights[hour] = sum;
  }
  return weights.map((weight) => weight / sum);
})();

/** A second in the five months, by the traffic's shape. */
export function drawSecond(random: Random): number {
  const share = random();
  let low = 0;
  let high = HOURS - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((upTo[middle] ?? 1) > share) high = middle;
    else low = middle + 1;
  }
  return FIRST_SECOND + low * HOUR + Math.floor(random() * HOUR);
}

const dayTexts = new Map<number, string>();
const twoDigits = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

/** `YYYY-MM-DD HH:MM:SS` in UTC. */
export function secondText(second: number): string {
  const day = Math.floor(second / 86_400);
  let text = dayTexts.get(day);
  if (text === undefined) {
    text = new Date(day * 86_400_000).toISOString().slice(0, 10);
    dayTexts.set(day, text);
  }
  const rest = second - day * 86_400;
  const hour = Math.floor(rest / HOUR);
  const minute = Math.floor((rest % HOUR) / 60);
  return `${text} ${twoDigits[hour]}:${twoDigits[minute]}:${twoDigits[rest % 60]}`;
}
