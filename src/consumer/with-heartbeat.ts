// What a batch in hand needs while Postgres works on it: kafkajs heartbeats only between batches, and a batch may wait for
// somebody who sleeps.

const HEARTBEAT_MS = 1_000;
/** A batch that takes longer may wait for somebody. */
const SLOW_MS = 2_000;

/**
 * Does the work, and meanwhile keeps our place in the group.
 * @param heartbeat sends one where it is due; what the group answers is heard from the next one that somebody waits for
 * @param whenSlow called now and then where the work takes long, one call at a time; never rejects
 */
export async function withHeartbeat<T>(
  heartbeat: () => Promise<void>,
  whenSlow: () => Promise<void>,
  work: () => Promise<T>,
): Promise<T> {
  const began = performance.now();
  let looking = false;
  const timer = setInterval(() => {
    heartbeat().catch(() => {});
    if (looking || performance.now() - began < SLOW_MS) return;
    looking = true;
    void whenSlow().finally(() => {
      looking = false;
    });
  }, HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
