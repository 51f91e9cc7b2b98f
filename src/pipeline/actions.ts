// What an admin does to the pipe: parts and their connections by the process that keeps them, the outbox here.

import { setTimeout as sleep } from 'node:timers/promises';
import { unavailable } from '../http/errors.ts';
import type { Publisher } from '../kafka/publisher.ts';
import type { FaultRecorder, PeriodId } from '../simulator/periods/recorder.ts';
import type { Control, ControlRequest, Fault, ProcessesLook } from './control.ts';

/** How long an action waits for Postgres to record its period. */
const WRITE_MS = 300;

export type ActionRequest =
  | ControlRequest
  | { readonly do: 'fault'; readonly target: 'outbox'; readonly kind: 'full'; readonly seconds: number };

/** How long charts mark a kill: about as long as a part takes to be there again. */
const KILL_MARK_SECONDS = 3;
/** The word of a mark where the request has no kind. */
const DONE: Readonly<Partial<Record<ActionRequest['do'], string>>> = {
  kill: 'killed',
  pause: 'paused',
  fault: 'disturbed',
};

export class Actions {
  readonly #publisher: Publisher;
  readonly #control: Control | undefined;
  readonly #recorder: FaultRecorder | undefined;
  /** Periods of what was done here and may still run, by its target. */
  readonly #periods = new Map<string, Promise<PeriodId>>();
  #hidden = false;
  #full: { readonly fault: Fault; readonly timer: NodeJS.Timeout } | undefined;

  /**
   * @param control undefined where the web part runs alone: there is nobody to ask
   * @param recorder writes down when what is done here lasts
   */
  constructor(publisher: Publisher, control: Control | undefined, recorder?: FaultRecorder) {
    this.#publisher = publisher;
    this.#control = control;
    this.#recorder = recorder;
  }

  /** Whether parts can be killed, paused and disturbed from here. */
  get hasControl(): boolean {
    return this.#control !== undefined;
  }

  look(): Promise<ProcessesLook> {
    return this.act({ do: 'look' });
  }

  /**
   * Does it, and tells how the parts are then.
   * @throws {ExpectationError} as Control does; {HttpError} 503 where the web part runs alone
   */
  async act(request: ActionRequest): Promise<ProcessesLook> {
    if (request.do === 'look') return this.#do(request);
    // Before it begins, as Postgres may be what is disturbed.
    const begun = this.#begin(request);
    await inTime(begun);
    try {
      const look = await this.#do(request);
      await inTime(this.#settle(request, begun));
      return look;
    } catch (error) {
      void begun?.then((id) => this.#recorder?.drop(id));
      throw error;
    }
  }

  async #do(request: ActionRequest): Promise<ProcessesLook> {
    if (request.do === 'fault' && request.target === 'outbox') this.#fillOutbox(request.seconds);
    if (request.do === 'heal') this.#emptyOutbox();
    const { parts, faults } = await this.#ask(toControl(request));
    if (this.#hidden) return { parts, faults: [] };
    return { parts, faults: this.#full === undefined ? faults : [...faults, this.#full.fault] };
  }

  /** Writes down what charts mark; undefined for what they do not. */
  #begin(request: ActionRequest): Promise<PeriodId> | undefined {
    const done = DONE[request.do];
    if (this.#hidden || done === undefined) return undefined;
    const began = new Date();
    const seconds = 'seconds' in request ? request.seconds : KILL_MARK_SECONDS;
    const ends = new Date(began.getTime() + seconds * 1000);
    const fault = `${targetOf(request)} ${'kind' in request ? request.kind : done}`;
    return this.#recorder?.begin({ source: 'pipeline', fault, share: null, began, ends });
  }

  /** Ends what the request has ended, or has begun anew. */
  async #settle(request: ActionRequest, begun: Promise<PeriodId> | undefined): Promise<void> {
    const target = targetOf(request);
    const over = [...this.#periods].filter(([one]) => target === undefined || one === target);
    for (const [one] of over) this.#periods.delete(one);
    if (begun !== undefined && target !== undefined) this.#periods.set(target, begun);
    await this.#recorder?.end(await Promise.all(over.map(([, id]) => id)));
  }

  /** Whether faults are told; those of a quiz are not. */
  hideFaults(hidden: boolean): void {
    this.#hidden = hidden;
  }

  close(): void {
    this.#emptyOutbox();
  }

  async #ask(request: ControlRequest): Promise<ProcessesLook> {
    if (this.#control !== undefined) return this.#control(request);
    if (request.do === 'look' || request.do === 'heal') return { parts: [], faults: [] };
    throw unavailable(
      'no_control',
      'the web part runs alone: whoever started the other parts can kill and disturb them',
      60,
    );
  }

  #fillOutbox(seconds: number): void {
    this.#emptyOutbox();
    this.#publisher.simulateFullOutbox(true);
    const until = new Date(Date.now() + seconds * 1000).toISOString();
    this.#full = {
      fault: { target: 'outbox', kind: 'full', ms: null, until },
      timer: setTimeout(() => this.#emptyOutbox(), seconds * 1000).unref(),
    };
  }

  #emptyOutbox(): void {
    clearTimeout(this.#full?.timer);
    this.#full = undefined;
    this.#publisher.simulateFullOutbox(false);
  }
}

/** The part or the connection that is meant; undefined for all of them. */
function targetOf(request: ActionRequest): string | undefined {
  if ('part' in request) return request.part;
  return 'target' in request ? request.target : undefined;
}

const inTime = (writing: Promise<unknown> | undefined): Promise<unknown> =>
  Promise.race([writing, sleep(WRITE_MS, undefined, { ref: false })]);

/** The request for the process that keeps the parts; the outbox is filled here. */
const toControl = (request: ActionRequest): ControlRequest =>
  request.do === 'fault' && request.target === 'outbox' ? { do: 'look' } : request;
