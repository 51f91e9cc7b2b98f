// Requests between a part and the process that keeps it, over the channel between them: one message each way.

import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../runtime/errors.ts';
import { ExpectationError } from '../runtime/expectation-error.ts';

type Asked = { readonly ask: number; readonly request: unknown };
type Told = { readonly tell: number; readonly answer?: unknown; readonly failed?: string };

const TIMEOUT_MS = 2_000;
let asked = 0;

type Channel = Pick<ChildProcess | NodeJS.Process, 'on' | 'off' | 'send' | 'connected'>;

/**
 * Asks the other end.
 * @throws {ExpectationError} with the other end's words; {Error} where it does not answer in time
 */
export async function ask<Answer>(other: Channel, request: unknown): Promise<Answer> {
  asked += 1;
  const id = asked;
  let onMessage: (message: unknown) => void = () => {};
  const told = new Promise<Told>((resolve, reject) => {
    onMessage = (message) => isTold(message) && message.tell === id && resolve(message);
    other.on('message', onMessage);
    if (other.connected !== true) reject(new Error('the process that keeps the parts is gone'));
    other.send?.(
      { ask: id, request } satisfies Asked,
      undefined,
      undefined,
      (error) => error && reject(error),
    );
  });
  try {
    const answer = await Promise.race([told, sleep(TIMEOUT_MS, undefined, { ref: false })]);
    if (answer === undefined) throw new Error('the process that keeps the parts does not answer');
    if (answer.failed !== undefined) throw new ExpectationError(answer.failed);
    return answer.answer as Answer;
  } finally {
    other.off('message', onMessage);
  }
}

/** Answers whatever the other end asks. What `handle` throws is told in its words. */
export function answerRequests<Request>(other: Channel, handle: (request: Request) => unknown): void {
  other.on('message', async (message: unknown) => {
    if (!isAsked(message)) return;
    const told: Told = await Promise.resolve()
      .then(() => handle(message.request as Request))
      .then(
        (answer) => ({ tell: message.ask, answer }),
        (error) => ({ tell: message.ask, failed: messageOf(error) }),
      );
    if (other.connected === true) other.send?.(told, undefined, undefined, () => {});
  });
}

const isAsked = (message: unknown): message is Asked =>
  typeof message === 'object' && message !== null && 'ask' in message && 'request' in message;
const isTold = (message: unknown): message is Told =>
  typeof message === 'object' && message !== null && 'tell' in message;
