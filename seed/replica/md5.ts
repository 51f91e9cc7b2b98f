// md5 of many small numbers: three of them for nearly every row of a replica.

import { hash } from 'node:crypto';

/** The md5 of a whole number's decimal text as 32 lower-case hex digits: how the dataset makes its ids. */
export const md5OfNumber = (number: number): string => hash('md5', String(number), 'hex');
