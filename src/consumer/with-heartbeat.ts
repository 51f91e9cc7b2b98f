// Sends heartbeats while a batch is stored: kafkajs sends them only between batches, and a batch may wait for the lock of a
// suspended process.

const HEARTBEAT_MS = 1_000;
/** A batch that takes longer may be waiting for a lock. */
const SLOW_MS = 2_000;

/**
 * Does the work, and meanwhile keeps the membership in the group.
 * @param heartbeat sends one where it is due; its errors are ignored here, as the next heartbeat that is awaited throws them
 * @param whenSlow called every second while the work takes more than 2 s, one call at a time; must not reject
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
