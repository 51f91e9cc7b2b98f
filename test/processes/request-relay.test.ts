// Two ends of a channel as Node's child processes have them, joined in one process.

import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { answerRequests, ask } from '../../src/processes/request-relay.ts';
import { ExpectationError } from '../../src/runtime/expectation-error.ts';

type End = Parameters<typeof ask>[0];

/** Each end's messages arrive at the other, later and as JSON. */
function channel(): { near: End & EventEmitter; far: End & EventEmitter; cut(): void } {
  const [near, far] = [new EventEmitter(), new EventEmitter()] as [End & EventEmitter, End & EventEmitter];
  const join = (from: EventEmitter, to: EventEmitter) =>
    Object.assign(from, {
      connected: true,
      send: (message: unknown) => {
        const text = JSON.stringify(message);
        setImmediate(() => to.emit('message', JSON.parse(text)));
        return true;
      },
    });
  join(near, far);
  join(far, near);
  return { near, far, cut: () => Object.assign(near, { connected: false }) };
}

describe('a request to the other end', () => {
  it('a request to the other end is told what that answers, each its own, in whatever order answers come', async () => {
    const { near, far } = channel();
    const held: (() => void)[] = [];
    answerRequests(far, async (request: number) => {
      await new Promise<void>((resolve) => held.push(resolve));
      return request * 10;
    });
    const answers = [1, 2, 3].map((number) => ask<number>(near, number));
    while (held.length < 3) await new Promise(setImmediate);
    for (const go of held.reverse()) go();
    expect(await Promise.all(answers)).toEqual([10, 20, 30]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('there is no such part');
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('there is no such part');
      },
    ],
  ])('a request to the other end fails in the words of a handler that %s', async (_, handle) => {
    const { near, far } = channel();
    answerRequests(far, handle);
    const failed = ask(near, { do: 'kill' });
    await expect(failed).rejects.toThrow(ExpectationError);
    await expect(failed).rejects.toThrow('there is no such part');
  });

  it('a request to the other end has no answer where there is none to give', async () => {
    const { near, far } = channel();
    answerRequests(far, () => undefined);
    expect(await ask(near, 1)).toBeUndefined();
  });

  it('a request to the other end fails at once where the other end is gone', async () => {
    const { near, cut } = channel();
    cut();
    await expect(ask(near, 1)).rejects.toThrow('the process that keeps the parts is gone');
  });

  it('a request to the other end leaves no listener behind', async () => {
    const { near, far } = channel();
    answerRequests(far, () => 1);
    for (let times = 0; times < 3; times++) await ask(near, times);
    expect(near.listenerCount('message')).toBe(0);
  });
});

it('a channel passes over messages that are none of its own', async () => {
  const { near, far } = channel();
  const handled: unknown[] = [];
  answerRequests(far, (request) => {
    handled.push(request);
    return 'yes';
  });
  for (const other of [null, 5, 'text', { detours: {} }, { ask: 1 }]) far.emit('message', other);
  for (const other of [null, { tell: -1, answer: 'no' }]) near.emit('message', other);
  expect(await ask(near, 'real')).toBe('yes');
  expect(handled).toEqual(['real']);
});
