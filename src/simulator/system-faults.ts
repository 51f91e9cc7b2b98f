// System faults of a scenario: parts killed and paused, connections disturbed, the outbox filled, by the API of the shop that the run
// visits (src/pipeline). The run's own faults are in core/faults.ts.

import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { parseDuration } from '../runtime/duration.ts';
import { messageOf } from '../runtime/errors.ts';

const text = z.string();
const at = text.default('0s');

/** The entries of a scenario's `system`. */
export const systemStepSchema = z.union(
  [
    z.strictObject({ at, kill: text }),
    z.strictObject({ at, pause: text, for: text }),
    z.strictObject({
      at,
      disturb: z.enum(['kafka', 'postgres', 'outbox']),
      how: z.enum(['slow', 'cut', 'silent', 'full']),
      late: text.default('400ms'),
      for: text,
    }),
  ],
  'kill with the name of a part, or pause with one and for how long, or disturb with how and for how long',
);

export type SystemStep = {
  /** Milliseconds from the start of the run. */
  readonly at: number;
  readonly words: string;
  readonly path: string;
  readonly body: object;
};

const secondsOf = (lasting: string) => Math.max(1, Math.round(parseDuration('for', lasting) / 1000));

/** @throws {ExpectationError} for a time that is none */
export function systemStepOf(given: z.infer<typeof systemStepSchema>): SystemStep {
  const moment = parseDuration('at', given.at);
  if ('kill' in given)
    return { at: moment, words: `kill ${given.kill}`, path: `parts/${given.kill}/kill`, body: {} };
  const seconds = secondsOf(given.for);
  if ('pause' in given)
    return {
      at: moment,
      words: `pause ${given.pause}`,
      path: `parts/${given.pause}/pause`,
      body: { seconds },
    };
  const { disturb: target, how: kind, late } = given;
  const body = { target, kind, ms: parseDuration('late', late), seconds };
  return { at: moment, words: `${target} ${kind}`, path: 'faults', body };
}

/**
 * Runs each step at its time, until all are done or the signal is aborted.
 * @param password the admin's, where the shop has one
 * @returns a line for each step that the shop has refused
 */
export async function playSystemFaults(
  steps: readonly SystemStep[],
  shop: string,
  password: string | undefined,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const played = steps.map(async ({ at: moment, words, path, body }) => {
    await sleep(moment, undefined, { signal }).catch(() => {});
    if (signal.aborted) return [];
    const refusal = await post(`${shop}/api/pipeline/${path}`, body, password);
    return refusal === undefined ? [] : [`${words} was not done: ${refusal}`];
  });
  return (await Promise.all(played)).flat();
}

/** @returns the shop's error message; undefined where the step was done */
async function post(url: string, body: object, password: string | undefined): Promise<string | undefined> {
  const login =
    password === undefined
      ? {}
      : { Authorization: `Basic ${Buffer.from(`admin:${password}`).toString('base64')}` };
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json', ...login };
  try {
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    if (response.ok) return undefined;
    const { error } = (await response.json()) as { error?: { message: string } };
    return error?.message ?? `status ${response.status}`;
  } catch (error) {
    return messageOf(error);
  }
}
