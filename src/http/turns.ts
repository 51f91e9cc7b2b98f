// Requests take turns by their address, and the event loop looks for new ones after a slice of work: whoever sends a
// thousand requests at once waits for them, and the others do not. Who is not connected yet waits for as many rounds of the loop as
// connections are before him, as libuv 1.46 accepts one in each: after a slice, rounds without work let them in.

import type { Express, Request, RequestHandler, Response } from 'express';
import { limitKeyOf } from './client-address.ts';

/** For how long requests are worked on before new ones are looked for. */
const SLICE_MS = 5;
/** For how long connections are let in after it, at most, while another one comes in every round. */
const LET_IN_MS = 50;

export class Turns {
  readonly #waiting = new Map<string, (() => void)[]>();
  #isWorking = false;
  #hasConnection = false;
  #workFrom = 0;

  /** To be told of each connection that the server accepts. */
  noteConnection(): void {
    this.#hasConnection = true;
  }

  /** Goes where work begins: in front of all middleware, and behind the reading of a large body. */
  take(): RequestHandler {
    return (req, _res, next) => this.#enter(req, next);
  }

  /** Pages are rendered in turn: that is most of their work, and comes after what they ask Postgres, many at once. */
  takeToRender(app: Express): void {
    const { render } = app.response;
    const enter = (req: Request, run: () => void) => this.#enter(req, run);
    app.response.render = function inTurn(this: Response, ...given: unknown[]) {
      enter(this.req, () => {
        // Who has gone needs no page.
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
