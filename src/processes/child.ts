// A part in a process of its own, seen from both sides: the parent forks it, waits until it is ready and asks it to
// stop; the child stops when it is asked, or when its parent is gone.

import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import type { ControlRequest, ProcessesLook } from '../pipeline/control.ts';
import type { Part } from '../runtime/part-names.ts';
import { packageRoot } from '../runtime/paths.ts';
import type { RunningPart } from '../runtime/running-part.ts';
import type { DetourSigns } from './faults.ts';
import { answerMetrics, askMetrics, CHILD_TIMEOUT_MS } from './metrics-relay.ts';
import { answerRequests } from './request-relay.ts';

/** What a child tells its parent. */
type Report = { readonly ready: true } | { readonly failed: string };

const MAIN = path.join(packageRoot, 'dist/src/main.js');
const STOP_SECONDS = 10;

/** What a child may ask its parent, and what it is told. */
export type Beside = {
  /** What the other parts have counted. */
  readonly metricsOfOthers: () => Promise<string>;
  readonly control: (request: ControlRequest) => Promise<ProcessesLook>;
  readonly signs: DetourSigns;
};

/** Ctrl-C, and a terminal that is closed. */
export const TERMINAL_SIGNALS = ['SIGINT', 'SIGHUP'] as const;

/**
 * Runs a part in a child process.
 * @param env settings for the child, beside the parent's environment
 * @param signal aborted when the child is not to be waited for any more: it is stopped
 * @param beside what it may ask of the rest of the program
 * @throws {Error} with the child's own words where it can't start; the signal's reason where it was aborted before
 */
export async function forkPart(
  part: Part,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
  beside: Beside,
): Promise<RunningPart> {
  signal.throwIfAborted();
  const child = fork(MAIN, ['run-part', part], { env: { ...process.env, ...env } });
  answerMetrics(child, beside.metricsOfOthers);
  answerRequests(child, beside.control);
  beside.signs.showTo(child);
  let cause: string | undefined;
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ended = new Promise<void>((_resolve, reject) => {
    child.once('exit', (code, signal) =>
      reject(new Error(cause ?? `it ended with ${signal ?? `code ${code}`}`)),
    );
  });
  // Nobody may be waiting for `ended` yet; an end before the part is ready rejects the promise below.
  ended.catch(() => {});
  const giveUp = () => void stop(child, exited);
  signal.addEventListener('abort', giveUp, { once: true });
  await new Promise<void>((resolve, reject) => {
    child.on('message', (report: Partial<Report>) => {
      if ('ready' in report) resolve();
      else if ('failed' in report) {
        cause = report.failed;
        reject(new Error(report.failed));
      }
    });
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      reject(new Error(`${part} ended with ${signal ?? code} before it was ready`)),
    );
  }).finally(() => signal.removeEventListener('abort', giveUp));
  return {
    pid: child.pid,
    ended,
    close: () => stop(child, exited),
    metrics: () => askMetrics(child, CHILD_TIMEOUT_MS),
  };
}

async function stop(child: ChildProcess, exited: Promise<void>): Promise<void> {
  if (child.connected) child.disconnect();
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_SECONDS * 1000);
  await exited;
  clearTimeout(late);
}

/** Tells the parent, if there is one. */
export function report(message: Report): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, () => resolve());
  });
}

/**
 * Settles when this child shall stop: its parent says so, or is gone, or somebody sends SIGTERM. Ctrl-C and a terminal
 * that is closed reach every process; a child leaves them to its parent, which stops the parts in their order.
 */
export function askedToStop(): Promise<void> {
  for (const signal of TERMINAL_SIGNALS) process.on(signal, () => {});
  return new Promise((resolve) => {
    // The parent was killed while this process began: 'disconnect' was emitted before anybody listened.
    if (process.connected === false) resolve();
    process.once('disconnect', resolve);
    process.once('SIGTERM', resolve);
  });
}
