import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below those that a system gives to outgoing connections, one of which could take a port between its choice and its use. */
const [FIRST, LAST] = [10_000, 32_000];
let next = randomInt(FIRST, LAST);

/** A port that nobody uses at this moment on 127.0.0.1, and that this process has not given before. */
export async function freePort(): Promise<number> {
  for (let tries = FIRST; tries <= LAST; tries++) {
    const port = next;
    next = next === LAST ? FIRST : next + 1;
    if (await isFree(port)) return port;
  }
  throw new Error(`no port from ${FIRST} to ${LAST} is free`);
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
