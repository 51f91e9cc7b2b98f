// Warnings and errors that come again and again are written once and then counted: a client that breaks something a
// thousand times a second must not fill the disk. The first is written at once; a second later one line says how often
// it came since, and so on until it stays away. What came in the last second of a process is not counted.

import type { LogFn, Logger } from 'pino';
import { messageOf } from './errors.ts';

const WARN = 40;
const EVERY_MS = 1_000;
/** Texts that are told apart; what is beyond them is counted as one. */
const MOST_TEXTS = 100;

type Write = (times: number) => void;
type Args = readonly [details: unknown, text?: string | undefined, ...rest: unknown[]];

/** pino's hook `logMethod`: what is below a warning is written as it comes. */
export function countRepeats(everyMs = EVERY_MS) {
  const repeated = new Map<string, { times: number; write: Write }>();

  function settle(key: string): void {
    const known = repeated.get(key);
    if (known === undefined) return;
    if (known.times === 0) {
      repeated.delete(key);
      return;
    }
    known.write(known.times);
    known.times = 0;
    setTimeout(settle, everyMs, key).unref();
  }

  return function logMethod(this: Logger, args: Args, method: LogFn, level: number) {
    const write: Write = (times) =>
      Reflect.apply(method, this, times === 0 ? args : [{ ...detailsOf(args), times }, textOf(args)]);
    if (level < WARN) {
      write(0);
      return;
    }
    const text = keyOf(textOf(args), level);
    const key = repeated.size < MOST_TEXTS || repeated.has(text) ? text : '';
    const known = repeated.get(key);
    if (known !== undefined) {
      known.times += 1;
      known.write = write;
      return;
    }
    repeated.set(key, { times: 0, write });
    write(0);
    setTimeout(settle, everyMs, key).unref();
  };
}

/** Texts that differ in a number only are one. */
const keyOf = (text: string, level: number) => `${level} ${text.replace(/\d+/g, '0')}`;

function textOf([details, text]: Args): string {
  if (text !== undefined) return text;
  return messageOf(details);
}

function detailsOf([details]: Args): object {
  if (details instanceof Error) return { err: details };
  return typeof details === 'object' && details !== null ? details : {};
}
