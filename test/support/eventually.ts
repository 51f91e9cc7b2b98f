import { setTimeout as sleep } from 'node:timers/promises';

/** Asks until `look` gives something; fails after `seconds`. */
export async function eventually<T>(
  look: () => Promise<T | undefined | false | null> | T | undefined | false | null,
  seconds = 90,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false && seen !== null) return seen;
    if (Date.now() > deadline) throw new Error(`not seen within ${seconds} s: ${look}`);
    await sleep(50);
  }
}
