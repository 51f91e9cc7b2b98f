// A problem of a definition, in one shape for the file, the form and the API.

export type Problem = {
  /** JSON pointer (RFC 6901), such as /flush/timeout/hours; empty for the whole definition. */
  readonly pointer: string;
  /** From 1; undefined where the definition came from a form. */
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly message: string;
  /** What was probably meant; undefined where nothing is close. */
  readonly suggestion: string | undefined;
};

/** A definition is invalid. The message has a line for each problem. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], file = 'definition') {
    super(problems.map((problem) => describeProblem(problem, file)).join('\n'));
    this.problems = problems;
  }
}

/** One line: file:line:column pointer: message (suggestion). */
function describeProblem({ pointer, line, column, message, suggestion }: Problem, file: string): string {
  const place = line === undefined ? file : `${file}:${line}:${column}`;
  const hint = suggestion === undefined ? '' : ` (did you mean ${suggestion}?)`;
  return `${place} ${pointer === '' ? '' : `${pointer}: `}${message}${hint}`;
}

/** A path as a JSON pointer. */
export const toPointer = (path: readonly PropertyKey[]): string =>
  path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
