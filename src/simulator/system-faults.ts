// System faults: parts killed and paused, connections disturbed, the outbox filled, each at its time. An Act does them: that of a command
// calls the API of its shop, that of a lesson calls src/pipeline. The faults of events are in core/faults.ts.

import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, messageOf } from '../runtime/errors.ts';
import { ExpectationError } from '../runtime/expectation-error.ts';
import type { Part } from '../runtime/part-names.ts';

/** Interval at which a fault is retried that can't be done yet. */
const RETRY_MS = 500;

/** Default delay of a slow connection, in milliseconds. */
export const USUAL_LATE_MS = 400;
/** The connections that may be disturbed, and the ways. */
export const CONNECTIONS = ['kafka', 'postgres'] as const;
export const CONNECTION_KINDS = ['slow', 'cut', 'silent'] as const;

/** A connection that is disturbed for a while. */
export type ConnectionFault = {
  readonly do: 'fault';
  readonly target: (typeof CONNECTIONS)[number];
  readonly kind: (typeof CONNECTION_KINDS)[number];
  readonly ms: number;
  readonly seconds: number;
};

/** A system fault, in the form of src/pipeline. */
export type SystemFault =
  | { readonly do: 'kill'; readonly part: Part }
  | { readonly do: 'pause'; readonly part: Part; readonly seconds: number }
  | ConnectionFault
  | { readonly do: 'fault'; readonly target: 'outbox'; readonly kind: 'full'; readonly seconds: number };

export type SystemStep = {
  /** Milliseconds from the start of the run. */
  readonly at: number;
  readonly fault: SystemFault;
};

/**
 * Does a system fault.
 * @throws {ExpectationError} where it can't be done now; any other error where it can't be done at all
 */
export type Act = (fault: SystemFault) => Promise<unknown>;

/**
 * A disturbed connection, or a full outbox.
 * @param lateMs of a slow one
 * @throws {ExpectationError} where the target has no such fault
 */
export function disturbanceOf(target: string, kind: string, lateMs: number, seconds: number): SystemFault {
  if (target === 'outbox' && kind === 'full') return { do: 'fault', target, kind, seconds };
  const connection = CONNECTIONS.find((one) => one === target);
  const how = CONNECTION_KINDS.find((one) => one === kind);
  if (connection !== undefined && how !== undefined)
    return {
      do: 'fault',
      target: connection,
      kind: how,
      ms: how === 'slow' ? lateMs : USUAL_LATE_MS,
      seconds,
    };
  throw new ExpectationError(
    `received ${target} ${kind}, expected ${CONNECTIONS.join(' or ')} with ${CONNECTION_KINDS.join(', ')}, or outbox with full`,
  );
}

/** As `kill ingest`, `outbox full`. */
export const wordsOf = (fault: SystemFault): string =>
  fault.do === 'fault' ? `${fault.target} ${fault.kind}` : `${fault.do} ${fault.part}`;

/** Whether it fills the outbox, which leaves the shop no room for events that come meanwhile. */
export const fillsOutbox = (fault: SystemFault): boolean => fault.do === 'fault' && fault.target === 'outbox';

/**
 * Does each step at its time, until all are done or the signal is aborted. A part that is being started can be neither killed nor
 * paused: such a step is retried until the part is up.
 * @returns a line for each step that was not done
 */
export async function playSystemFaults(
  steps: readonly SystemStep[],
  act: Act,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const played = steps.map(async ({ at, fault }) => {
    await sleep(at, undefined, { signal }).catch(() => {});
    let refusal = 'the run ended first';
    while (!signal.aborted) {
      try {
        await act(fault);
        return [];
      } catch (error) {
        refusal = messageOf(error);
        if (!(error instanceof ExpectationError)) break;
      }
      await sleep(RETRY_MS, undefined, { signal }).catch(() => {});
    }
    return [`${wordsOf(fault)} was not done: ${refusal}`];
  });
  return (await Promise.all(played)).flat();
}

/**
 * Does system faults by a shop's API.
 * @param shop its URL
 * @param password the admin's, where the shop has one
 */
export const actAt =
  (shop: string, password: string | undefined): Act =>
  async (fault) => {
    const headers: Record<string, string> = {
      'Content-Type': 'application/json',
      Accept: 'application/json',
    };
    if (password !== undefined)
      headers.Authorization = `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`;
    const { path, body } = requestOf(fault);
    const request = { method: 'POST', headers, body: JSON.stringify(body) };
    const response = await fetch(`${shop}/api/pipeline/${path}`, request).catch((error) => {
      if (codeOf(error.cause) === 'ECONNREFUSED') throw new ExpectationError(messageOf(error.cause));
      // The web part dies before it answers the request that kills it.
      if (fault.do === 'kill' && fault.part === 'web') return undefined;
      throw error;
    });
    if (response === undefined || response.ok) return;
    const { error } = (await response.json()) as { error?: { message: string } };
    const reason = error?.message ?? `status ${response.status}`;
    throw response.status === 409 ? new ExpectationError(reason) : new Error(reason);
  };

function requestOf(fault: SystemFault): { readonly path: string; readonly body: object } {
  if (fault.do === 'kill') return { path: `parts/${fault.part}/kill`, body: {} };
  if (fault.do === 'pause') return { path: `parts/${fault.part}/pause`, body: { seconds: fault.seconds } };
  const { do: _, ...body } = fault;
  return { path: 'faults', body };
}
