// Whole numbers in query strings, forms and JSON: decimal digits, or a JSON number. Number() alone would read 0x10 as 16, and an empty
// string, false or [] as 0.

import { z } from 'zod';

/** A schema of whole numbers from `least` to `most`. @param error says what is expected, where the range alone does not */
export const wholeNumber = (least: number, most: number, error = `a whole number from ${least} to ${most}`) =>
  z.preprocess(
    (value) => (typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value),
    z.number({ error }).int({ error }).min(least, { error }).max(most, { error }),
  );
