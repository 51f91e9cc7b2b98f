// What the command line and the API let choose from.

export const FORMATS = ['json', 'csv', 'table'] as const;
export type Format = (typeof FORMATS)[number];

/** What can be asked of files: one of the answers, or all three. */
export const ANSWERS = ['files', 'values', 'medians'] as const;
export type Answer = (typeof ANSWERS)[number];

/** Definitions of a session. */
export const RULES = ['ours', 'flink', 'spark', 'midnight', 'original', 'quix'] as const;
export type Rule = (typeof RULES)[number];

/** How visitors of test files come: nearly each click by another one, as in the original's files, or again and again. */
export const PROFILES = ['original', 'returning'] as const;
export type Profile = (typeof PROFILES)[number];

/** Where sessions are of: the topic, or loaded files. */
export const SOURCES = ['live', 'dataset'] as const;
export type Source = (typeof SOURCES)[number];
