// An event can't have happened after it was received. A clock that is somewhat ahead is believed; one that is days ahead
// would stretch every chart that reaches to the last event.

import type { Rejection } from './parse.ts';

const MOST_AHEAD_MS = 86_400_000;

/**
 * Why an event is refused whose time is more than a day after it was received; undefined where it is not.
 * @param time the event's own; as receivedAt, in milliseconds since 1970
 */
export function futureOf(time: number, receivedAt: number): Rejection | undefined {
  if (!(time - receivedAt > MOST_AHEAD_MS)) return undefined;
  const [came, latest] = [time, receivedAt + MOST_AHEAD_MS].map((ms) => new Date(ms).toISOString());
  const reason = `time: received ${came}, expected ${latest} at the latest, a day after it was received`;
  return { code: 'time_in_the_future', reason };
}
