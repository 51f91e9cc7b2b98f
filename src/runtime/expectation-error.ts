// An error that the user can fix, in an argument, a scenario, a file: the message has what came and what was expected.

/** Something that was given can't be used. */
export class ExpectationError extends Error {
  override readonly name = 'ExpectationError';
}
