// Counts of rejected messages by what is wrong with them, and what is new among those that a page lists.

/** @typedef {Readonly<Record<string, number>>} Counts by code */

/** @param {Counts} counts */
export const totalOf = (counts) => Object.values(counts).reduce((sum, count) => sum + count, 0);

/** How many there are of what the page lists. @param {Counts} counts  @param {string | null} code null: all */
export const matching = (counts, code) => (code === null ? totalOf(counts) : (counts[code] ?? 0));

/** @param {number} more than there were; others may have gone meanwhile */
export const newsOf = (more) => (more > 0 ? `${more.toLocaleString('en')} new. ` : 'There are new ones. ');
