// What a user can mend: an argument, a scenario, a file. The message says what came and what was expected.

/** Something that was given can't be used. */
export class ExpectationError extends Error {
  override readonly name = 'ExpectationError';
}
