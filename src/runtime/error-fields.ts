// The fields of an error that may be logged: an allow-list. Errors of libraries carry more: those of `pg` the whole client, with
// the password and the secretKey by which it cancels queries, and rows in `detail`.

/** Beside these, type, message, stack and cause; those of `pg` name things of the schema, never of a row. */
const ALLOWED = [
  'code',
  'syscall',
  'address',
  'port',
  'severity',
  'schema',
  'table',
  'column',
  'constraint',
  'routine',
] as const;
const LONGEST_TEXT = 4_000;
const DEEPEST = 5;

export type ErrorFields = Readonly<Record<string, unknown>>;

/** An error as a log may show it; a text that stands for one as it is, cut; nothing of any other object. */
export function errorFields(error: unknown, depth = 0): ErrorFields | string {
  if (!(error instanceof Error)) return cut(typeof error === 'object' ? 'no Error' : String(error));
  const fields: Record<string, unknown> = { type: error.name, message: cut(error.message) };
  for (const name of ALLOWED) {
    const value: unknown = Reflect.get(error, name);
    if (typeof value === 'string') fields[name] = cut(value);
    else if (typeof value === 'number') fields[name] = value;
  }
  if (error.stack !== undefined) fields.stack = cut(error.stack);
  if (depth === DEEPEST) return fields;
  if (error.cause !== undefined) fields.cause = errorFields(error.cause, depth + 1);
  if (error instanceof AggregateError)
    fields.errors = error.errors.slice(0, DEEPEST).map((one) => errorFields(one, depth + 1));
  return fields;
}

const cut = (text: string) => (text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)} …` : text);
