// Whole numbers of query strings, forms and JSON: decimal digits, or a JSON number. Number() alone would take 0x10 for 16, and an empty
// text, false or [] for 0.

import { z } from 'zod';

/** A schema of numbers from `least` to `most`. @param error what is expected, where the range alone does not say it */
export const wholeNumber = (least: number, most: number, error = `a whole number from ${least} to ${most}`) =>
  z.preprocess(
    (value) => (typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value),
    z.number({ error }).int({ error }).min(least, { error }).max(most, { error }),
  );
