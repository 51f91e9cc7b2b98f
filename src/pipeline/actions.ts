// What an admin does to the pipe: parts and their connections by the process that keeps them, the outbox here.

import { unavailable } from '../http/errors.ts';
import type { Publisher } from '../kafka/publisher.ts';
import type { Control, ControlRequest, Fault, ProcessesLook } from './control.ts';

export type ActionRequest =
  | ControlRequest
  | { readonly do: 'fault'; readonly target: 'outbox'; readonly kind: 'full'; readonly seconds: number };

export class Actions {
  readonly #publisher: Publisher;
  readonly #control: Control | undefined;
  #hidden = false;
  #full: { readonly fault: Fault; readonly timer: NodeJS.Timeout } | undefined;

  /** @param control undefined where the web part runs alone: there is nobody to ask */
  constructor(publisher: Publisher, control: Control | undefined) {
    this.#publisher = publisher;
    this.#control = control;
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
    if (request.do === 'fault' && request.target === 'outbox') this.#fillOutbox(request.seconds);
    if (request.do === 'heal') this.#emptyOutbox();
    const { parts, faults } = await this.#ask(toControl(request));
    if (this.#hidden) return { parts, faults: [] };
    return { parts, faults: this.#full === undefined ? faults : [...faults, this.#full.fault] };
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
    this.#publisher.closeOutbox(true);
    const until = new Date(Date.now() + seconds * 1000).toISOString();
    this.#full = {
      fault: { target: 'outbox', kind: 'full', ms: null, until },
      timer: setTimeout(() => this.#emptyOutbox(), seconds * 1000).unref(),
    };
  }

  #emptyOutbox(): void {
    clearTimeout(this.#full?.timer);
    this.#full = undefined;
    this.#publisher.closeOutbox(false);
  }
}

/** What is left of it for the process that keeps the parts. */
const toControl = (request: ActionRequest): ControlRequest =>
  request.do === 'fault' && request.target === 'outbox' ? { do: 'look' } : request;
