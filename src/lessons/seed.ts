// Seeds of lessons: each run has other shoppers, so that nobody can know the answer beforehand.

import { randomInt } from 'node:crypto';

/** randomInt() takes a range below 2^48. */
const SEEDS = 2 ** 47;

/** A seed of chance. */
export const drawSeed = (): number => randomInt(SEEDS);
