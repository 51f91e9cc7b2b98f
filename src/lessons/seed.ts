// Where each run of a lesson has other shoppers, so that nobody can know the answer beforehand.

import { randomInt } from 'node:crypto';

/** As many as crypto draws from. */
const SEEDS = 2 ** 47;

/** A seed of chance. */
export const drawSeed = (): number => randomInt(SEEDS);
