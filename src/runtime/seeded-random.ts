// Seeded random numbers: the same seed gives the same numbers on every machine, which Math.random() can't.

/** A source of numbers from 0 (included) to 1 (excluded), 32 bits each. */
export type Random = () => number;

/**
 * sfc32 by Chris Doty-Humphrey (PractRand): small, fast, period of at least 2^32, passes BigCrush.
 * @param seed a whole number; its low 53 bits count
 */
export function seededRandom(seed: number): Random {
  let a = seed >>> 0;
  let b = Math.floor(seed / 2 ** 32) >>> 0;
  let c = 0x9e3779b9;
  let counter = 1;
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  // The author's advice: the first numbers still resemble the seed.
  for (let round = 0; round < 15; round++) next();
  return next;
}

/** A whole number from 0 to `below` - 1. */
export const randomBelow = (random: Random, below: number): number => Math.floor(random() * below);
