// Requests take turns by their address, and the event loop accepts new ones after a slice of work, so that a client that sends a
// thousand requests at once does not delay the others. libuv 1.46 accepts one connection in each iteration of the loop: after a slice,
// iterations without work accept those that wait.

import type { Express, Request, RequestHandler, Response } from 'express';
import { limitKeyOf } from './client-address.ts';

/** For how long requests are handled before new ones are accepted. */
const SLICE_MS = 5;
/** Limit of the time for which connections are accepted after it, as long as each iteration has another one. */
const LET_IN_MS = 50;

export class Turns {
  readonly #waiting = new Map<string, (() => void)[]>();
  #isWorking = false;
  #hasConnection = false;
  #workFrom = 0;

  /** To be called for each connection that the server accepts. */
  noteConnection(): void {
    this.#hasConnection = true;
  }

  /** A handler for where work begins: before all middleware, and after a large body was read. */
  take(): RequestHandler {
    return (req, _res, next) => this.#enter(req, next);
  }

  /** Renders pages in turn: that is most of their work, and follows queries of which many run at once. */
  takeToRender(app: Express): void {
    const { render } = app.response;
    const enter = (req: Request, run: () => void) => this.#enter(req, run);
    app.response.render = function inTurn(this: Response, ...given: unknown[]) {
      enter(this.req, () => {
        // The client has gone.
        if (this.destroyed) return;
        try {
          Reflect.apply(render, this, given);
        } catch (error) {
          this.req.next?.(error);
        }
      });
    };
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
    const isLettingIn = this.#hasConnection && performance.now() < this.#workFrom;
    this.#hasConnection = false;
    if (isLettingIn) {
      setImmediate(() => this.#work());
      return;
    }
    const ends = performance.now() + SLICE_MS;
    do {
      const run = this.#next();
      if (run === undefined) {
        this.#isWorking = false;
        return;
      }
      run();
    } while (performance.now() < ends);
    this.#workFrom = performance.now() + LET_IN_MS;
    setImmediate(() => this.#work());
  }

  /** The oldest request of the address whose last turn is longest ago. */
  #next(): (() => void) | undefined {
    const [turn] = this.#waiting;
    if (turn === undefined) return undefined;
    const [key, own] = turn;
    const run = own.shift();
    // Deleted and set again, the address is the last in the map.
    this.#waiting.delete(key);
    if (own.length > 0) this.#waiting.set(key, own);
    return run;
  }
}
