// The one shape that all questions are answered in, so that one CSV can hold them all.

/** `count` of `measure` for `subject`: 12 of `users` for `clothes`. What a measure counts is said in questions.ts. */
export type AnswerRow = { readonly subject: string; readonly measure: string; readonly count: number };
