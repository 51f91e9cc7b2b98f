// Serves requests round-robin by address, with a turn of the event loop after each slice of work: a client that sends a thousand
// requests at once delays its own, not the others'.

import type { Request, RequestHandler } from 'express';
import { limitKeyOf } from './client-address.ts';

/** For how long requests are worked on before new ones are looked for. */
const SLICE_MS = 10;

export class Turns {
  readonly #waiting = new Map<string, (() => void)[]>();
  #isWorking = false;

  /** Goes where much work begins: in front of the routes, and behind the reading of a large body. */
  take(): RequestHandler {
    return (req, _res, next) => this.#enter(req, next);
  }

  #enter(req: Request, run: () => void): void {
    const key = limitKeyOf(req);
    const own = this.#waiting.get(key);
    if (own === undefined) this.#waiting.set(key, [run]);
    else own.push(run);
    if (this.#isWorking) return;
    this.#isWorking = true;
    setImmediate(() => this.#work());
  }

  #work(): void {
    const ends = performance.now() + SLICE_MS;
    do {
      const run = this.#next();
      if (run === undefined) {
        this.#isWorking = false;
        return;
      }
      run();
    } while (performance.now() < ends);
    setImmediate(() => this.#work());
  }

  /** The oldest of the address whose turn is longest ago. */
  #next(): (() => void) | undefined {
    const [turn] = this.#waiting;
    if (turn === undefined) return undefined;
    const [key, own] = turn;
    const run = own.shift();
    // Deleted and set anew, it is the last of the map.
    this.#waiting.delete(key);
    if (own.length > 0) this.#waiting.set(key, own);
    return run;
  }
}
