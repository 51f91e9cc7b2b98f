/**
 * What `look` finds while `now` says one thing: a minute or a day that turned meanwhile makes it look again.
 * @throws what `look` throws where nothing turned
 */
export async function whileSame<T>(now: () => number | string, look: () => Promise<T>): Promise<T> {
  for (;;) {
    const before = now();
    try {
      const seen = await look();
      if (now() === before) return seen;
    } catch (error) {
      if (now() === before) throw error;
    }
  }
}

/** The minute that it is, since 1970. */
export const minuteNow = (): number => Math.floor(Date.now() / 60_000);
