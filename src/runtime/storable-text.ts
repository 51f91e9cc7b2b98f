/** Text that PostgreSQL can keep, in a column or within JSON: no NUL, no half of a surrogate pair. */
export const STORABLE_TEXT = /^[^\0\p{Surrogate}]*$/u;
