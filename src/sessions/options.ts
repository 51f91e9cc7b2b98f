// Values of the options of the command line and the API.

export const FORMATS = ['json', 'csv', 'table'] as const;
export type Format = (typeof FORMATS)[number];

/** The answers about files. */
export const ANSWERS = ['files', 'values', 'medians'] as const;
export type Answer = (typeof ANSWERS)[number];

/** Definitions of a session. */
export const RULES = ['ours', 'flink', 'spark', 'midnight', 'original', 'quix'] as const;
export type Rule = (typeof RULES)[number];

/** Visitors of test files: nearly one for each click, as in the original's files, or returning ones. */
export const PROFILES = ['original', 'returning'] as const;
export type Profile = (typeof PROFILES)[number];

/** Origin of sessions: the topic, or loaded files. */
export const SOURCES = ['live', 'dataset'] as const;
export type Source = (typeof SOURCES)[number];
