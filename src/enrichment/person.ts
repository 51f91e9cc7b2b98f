// What an event says of its person: gender, and the age in whole years on the event's day.

import type { EventContext } from '../events/event.ts';

/** Undefined where nobody told it. */
export const genderOf = ({ gender }: EventContext): 'F' | 'M' | undefined =>
  gender === 'F' || gender === 'M' ? gender : undefined;

/**
 * Whole years on the day of the event, in UTC; undefined where nobody told it. A birthdate wins over an age. Who was born on
 * 29 February is a year older on 1 March of other years.
 */
export function ageOf({ age, birthdate }: EventContext, timeMs: number): number | undefined {
  if (birthdate === undefined) return age;
  const [year = 0, month = 0, day = 0] = birthdate.split('-').map(Number);
  const then = new Date(timeMs);
  const years = then.getUTCFullYear() - year;
  const hadBirthday =
    then.getUTCMonth() + 1 > month || (then.getUTCMonth() + 1 === month && then.getUTCDate() >= day);
  const whole = hadBirthday ? years : years - 1;
  return whole < 0 ? undefined : whole;
}
