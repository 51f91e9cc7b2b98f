// One part in a process of its own: started, reported to whoever forked it, and ended when asked to.

import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '../config.ts';
import { standBack } from '../db/stand-back.ts';
import type { ProcessesLook } from '../pipeline/control.ts';
import { messageOf } from '../runtime/errors.ts';
import { createLog, type Logger } from '../runtime/log.ts';
import { watchOpenFiles } from '../runtime/open-files.ts';
import type { Part } from '../runtime/part-names.ts';
import { askedToStop, report } from './child.ts';
import { followSigns } from './faults.ts';
import { answerMetrics, askMetrics } from './metrics-relay.ts';
import { FOLLOWERS, startPart } from './parts.ts';
import { ask } from './request-relay.ts';

/** A part that can't close in order, as a server is away, ends after this time all the same. */
const LONGEST_CLOSE_MS = 9_000;

/** Runs a part in this process, on behalf of the one that forked it, until that one asks it to stop. @throws what the part throws */
export async function runPart(part: Part): Promise<void> {
  const stop = askedToStop();
  const config = readConfig();
  try {
    const log = createLog(part, config.LOG_LEVEL);
    watchOpenFiles(log);
    followSigns(process);
    const stray = strayRejection(log);
    const starting = startPart[part](
      config,
      log,
      () => askMetrics(process),
      (request) => ask<ProcessesLook>(process, request),
    );
    const running = await Promise.race([starting, stop, stray]);
    if (running instanceof StrayRejection) throw running;
    // Asked to stop while it still waited for a server: there is nothing to end in order.
    if (running === undefined) return;
    answerMetrics(process, async () => (await running.metrics?.()) ?? '');
    if (FOLLOWERS.includes(part)) standBack();
    await report({ ready: true });
    const end = await Promise.race([stop, running.ended ?? stop, stray]);
    await Promise.race([running.close(), sleep(LONGEST_CLOSE_MS)]);
    if (end instanceof StrayRejection) throw end;
  } catch (error) {
    await report({ failed: messageOf(error) });
    throw error;
  }
}

class StrayRejection extends Error {
  override readonly name = 'StrayRejection';
}

/**
 * The first unhandled rejection, as a library may leave one where its connection breaks: what has failed is not known, so the part
 * closes in order, names the cause, and is started again. Node by itself would end it at once, with its work unfinished.
 */
function strayRejection(log: Logger): Promise<StrayRejection> {
  return new Promise((resolve) => {
    process.on('unhandledRejection', (cause) => {
      log.error({ err: cause }, 'nobody has taken an error; the part ends and is started again');
      resolve(new StrayRejection(`nobody has taken an error: ${messageOf(cause)}`, { cause }));
    });
  });
}
