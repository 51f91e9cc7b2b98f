// What the web part may ask of the supervisor's process: to look at the parts' processes, to kill and pause them, to disturb their
// connections.

import { setTimeout as sleep } from 'node:timers/promises';
import type { ControlRequest, PartState, ProcessesLook } from '../pipeline/control.ts';
import { ExpectationError } from '../runtime/expectation-error.ts';
import type { Faults } from './faults.ts';
import { Pauses } from './pauses.ts';
import { memoryOf, treeOf } from './process-tree.ts';
import type { SupervisedPart, Supervisor } from './supervisor.ts';

/** Time for the answer to be sent before the web part, which has asked, is killed or paused itself. */
const ANSWER_MS = 200;
/** How long a kill waits for its process to end. */
const END_MS = 1_000;

type Signalled = SupervisedPart & { readonly pid: number };

export class PartsControl {
  readonly #supervisor: Supervisor;
  readonly #faults: Faults;
  readonly #pauses = new Pauses();

  constructor(supervisor: Supervisor, faults: Faults) {
    this.#supervisor = supervisor;
    this.#faults = faults;
  }

  /** Does it; the parts and faults afterwards. @throws {ExpectationError} where there is no such part, or it can't be done to it now */
  async handle(request: ControlRequest): Promise<ProcessesLook> {
    if (request.do === 'kill') await this.#kill(this.#running(request.part));
    else if (request.do === 'pause') this.#pause(this.#running(request.part), request.seconds);
    else if (request.do === 'resume') this.#resume(this.#running(request.part));
    else if (request.do === 'fault') await this.#faults.begin(request);
    else if (request.do === 'heal') {
      this.#faults.heal();
      this.#pauses.close();
    }
    return { parts: this.#supervisor.look().map((kept) => this.#stateOf(kept)), faults: this.#faults.list };
  }

  /** Ends all pauses and faults, so that every part can be stopped in order. */
  close(): void {
    this.#pauses.close();
    this.#faults.close();
  }

  #running(part: string): Signalled {
    const parts = this.#supervisor.look();
    const found = parts.find((kept) => kept.part === part);
    if (found === undefined)
      throw new ExpectationError(
        `received the part ${JSON.stringify(part)}, expected ${parts.map((kept) => kept.part).join(', ')}`,
      );
    const { pid } = found;
    if (pid === undefined) throw new ExpectationError(`${part} has no process now: it is being started`);
    return { ...found, pid };
  }

  async #kill({ part, pid, ended }: Signalled): Promise<void> {
    if (part === 'web') {
      setTimeout(() => killNow(pid), ANSWER_MS);
      return;
    }
    killNow(pid);
    await Promise.race([ended, sleep(END_MS, undefined, { ref: false })]);
  }

  #pause({ part, pid }: Signalled, seconds: number): void {
    if (process.platform === 'win32') throw new ExpectationError('there is no SIGSTOP on Windows');
    if (this.#pauses.until(pid) !== undefined) throw new ExpectationError(`${part} is paused already`);
    if (part === 'web') setTimeout(() => this.#pauses.pause(pid, seconds), ANSWER_MS);
    else this.#pauses.pause(pid, seconds);
  }

  #resume({ part, pid }: Signalled): void {
    if (this.#pauses.until(pid) === undefined) throw new ExpectationError(`${part} is not paused`);
    this.#pauses.resume(pid);
  }

  #stateOf({ part, pid, startedAt, ends, lastEnd }: SupervisedPart): PartState {
    const until = this.#pauses.until(pid);
    return {
      part,
      state: startedAt === undefined ? 'starting' : until === undefined ? 'running' : 'paused',
      pid: pid ?? null,
      since: startedAt === undefined ? null : new Date(startedAt).toISOString(),
      memory: pid === undefined ? null : memoryOf(treeOf(pid)),
      ends,
      last_end: lastEnd ?? null,
      paused_until: until === undefined ? null : new Date(until).toISOString(),
    };
  }
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
