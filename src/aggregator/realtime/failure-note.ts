// Stores why a definition does not run, for the page and the API.

import { levelOf } from '../../db/errors.ts';
import type { Pool } from '../../db/pool.ts';
import type { Logger } from '../../runtime/log.ts';
import { noteFailure } from '../store/definitions.ts';

/** Writes one note after another, so that the last one stays. */
export class FailureNote {
  readonly #pool: Pool;
  readonly #name: string;
  readonly #log: Logger;
  /** What Postgres has: undefined for no failure; null where that is not known. */
  #written: string | undefined | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(pool: Pool, name: string, log: Logger) {
    this.#pool = pool;
    this.#name = name;
    this.#log = log;
  }

  /** Notes a failure. @param reason undefined: the definition runs */
  note(reason: string | undefined): void {
    this.#writing = this.#writing.then(() => this.#write(reason));
  }

  /** Resolves once all notes are written, or could not be. */
  settled(): Promise<void> {
    return this.#writing;
  }

  async #write(reason: string | undefined): Promise<void> {
    if (reason === this.#written) return;
    try {
      await noteFailure(this.#pool, this.#name, reason);
      this.#written = reason;
    } catch (error) {
      this.#written = null;
      this.#log[levelOf(error)]({ err: error }, 'could not note a failure');
    }
  }
}
