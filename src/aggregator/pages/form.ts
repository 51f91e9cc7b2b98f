// A definition as a form that needs no script: texts by the names of controls, such as aggregate.0.field. Blank rows stay in the form
// and are left out of the definition, which the API's schema validates.

import type { Definition } from '../definition/schema.ts';

const ROWS = {
  group: ['field'],
  periods: ['field', 'period'],
  aggregate: ['field', 'operation', 'as'],
  conditions: ['name', 'based', 'on', 'type', 'operator', 'text_operator', 'value', 'truth'],
} as const;
/** A list of rows in the form. */
export type RowKind = keyof typeof ROWS;
export const ROW_KINDS = Object.keys(ROWS) as RowKind[];
export type FormRow = Readonly<Record<string, string>>;

const SCALARS = [
  ...['name', 'description', 'topic', 'max_sessions', 'by', 'timeout_type', 'hours', 'day', 'time', 'zone'],
  ...['by_time', 'due_field', 'tests', 'version'],
] as const;
type Scalar = (typeof SCALARS)[number];

export type Form = Readonly<Record<Scalar, string>> & Readonly<Record<RowKind, readonly FormRow[]>>;

/** Controls with names of fields or outputs. Blanks around them are removed, as a typed or pasted one would name another field. */
const TYPED_NAMES: ReadonlySet<string> = new Set(['field', 'as', 'on', 'due_field']);
const MOST_ROWS = 60;
/** Initial values of a row's drop-downs; a row with nothing else is blank. */
const CHOSEN: FormRow = {
  period: 'DAY',
  operation: 'SUM',
  based: 'aggregate',
  type: 'number',
  operator: '>=',
  text_operator: 'equals',
  truth: 'true',
};

const blankRow = (kind: RowKind): FormRow =>
  Object.fromEntries(ROWS[kind].map((name) => [name, CHOSEN[name] ?? '']));

/** Whether a row is left out of the definition. */
export const isBlank = (kind: RowKind, row: FormRow): boolean => {
  if (kind === 'aggregate' && row.operation === 'COUNT') return false;
  return ROWS[kind].every((name) => name in CHOSEN || (row[name] ?? '') === '');
};

/** The value of a ticked checkbox. */
const TICKED = 'yes';
const START: Readonly<Record<Scalar, string>> = {
  name: '',
  description: '',
  topic: '',
  max_sessions: '',
  by_time: '',
  by: 'TIMEOUT',
  timeout_type: 'DAY',
  hours: '1',
  day: '1',
  time: '00:00',
  zone: 'UTC',
  due_field: '',
  tests: '',
  version: '',
};

/** The form of a new definition. */
export const newForm = (topic: string): Form => ({
  ...START,
  topic,
  group: [blankRow('group')],
  periods: [blankRow('periods')],
  aggregate: [blankRow('aggregate')],
  conditions: [],
});

/** Reads a posted form. Values that are no text, and unknown names, are ignored. */
export function readForm(body: unknown): Form {
  const values = typeof body === 'object' && body !== null ? body : {};
  const textOf = (name: string): string => {
    const value: unknown = Object.hasOwn(values, name) ? Reflect.get(values, name) : '';
    if (typeof value !== 'string') return '';
    const isName = TYPED_NAMES.has(name.slice(name.lastIndexOf('.') + 1));
    return isName ? value.trim() : value.replaceAll('\r\n', '\n');
  };
  const rowsOf = (kind: RowKind): FormRow[] => {
    const numbers = Object.keys(values).flatMap((name) => {
      const [, of, row] = /^([a-z]+)\.(\d{1,2})\./.exec(name) ?? [];
      return of === kind ? [Number(row)] : [];
    });
    const count = Math.min(numbers.length === 0 ? 0 : Math.max(...numbers) + 1, MOST_ROWS);
    return Array.from({ length: count }, (_, row) =>
      Object.fromEntries(ROWS[kind].map((name) => [name, textOf(`${kind}.${row}.${name}`)])),
    );
  };
  return {
    ...(Object.fromEntries(SCALARS.map((name) => [name, textOf(name)])) as Record<Scalar, string>),
    group: rowsOf('group'),
    periods: rowsOf('periods'),
    aggregate: rowsOf('aggregate'),
    conditions: rowsOf('conditions'),
  };
}

const text = (value: unknown): string => (value === undefined ? '' : String(value));

/** A definition as a form. @param version the version that is edited; a save is refused once another is in force */
export function formOf(definition: Definition, version: number | undefined): Form {
  const { name, description, topic, limits, group, aggregate, flush, tests } = definition;
  const timeout = flush.by === 'TIMEOUT' ? flush.timeout : undefined;
  const wall = timeout !== undefined && 'time' in timeout ? timeout : START;
  const periods = (group.periods ?? []).map(({ field, period }) => ({ field, period }));
  return {
    ...START,
    name,
    description: text(description),
    topic: text(topic),
    max_sessions: text(limits?.max_sessions),
    by: flush.by,
    timeout_type: timeout?.type ?? START.timeout_type,
    hours: timeout?.type === 'HOUR' ? text(timeout.hours) : START.hours,
    day: timeout?.type === 'MONTH' ? text(timeout.day) : START.day,
    time: wall.time,
    zone: wall.zone,
    due_field: timeout?.type === 'TIMESTAMP' ? timeout.field : '',
    tests: tests === undefined ? '' : JSON.stringify(tests),
    version: text(version),
    by_time: periods.length === 0 ? '' : TICKED,
    group: group.fields.map((field) => ({ field })),
    // A row to fill in once the checkbox is ticked.
    periods: periods.length === 0 ? [blankRow('periods')] : periods,
    aggregate: aggregate.map(({ field, operation, as }) => ({ field: text(field), operation, as: text(as) })),
    conditions: flush.by === 'TIMEOUT' ? (flush.conditions ?? []).map(conditionRow) : [],
  };
}

type Condition = NonNullable<Extract<Definition['flush'], { by: 'TIMEOUT' }>['conditions']>[number];

function conditionRow({ name, field, aggregate, type = 'number', operator, value }: Condition): FormRow {
  const blank = blankRow('conditions');
  return {
    ...blank,
    name,
    based: aggregate === undefined ? 'input' : 'aggregate',
    on: aggregate ?? text(field),
    type,
    operator: type === 'number' ? (operator ?? '=') : (blank.operator ?? ''),
    text_operator: type === 'text' ? (operator ?? 'equals') : (blank.text_operator ?? ''),
    value: type === 'boolean' ? '' : text(value),
    truth: type === 'boolean' ? text(value) : (blank.truth ?? ''),
  };
}

/** A number as such, if that keeps its text; any other text unchanged, for the schema to check. */
const numberOr = (value: string): unknown => {
  const trimmed = value.trim();
  if (trimmed === '') return undefined;
  return String(Number(trimmed)) === trimmed ? Number(trimmed) : trimmed;
};
const orNothing = (value: string): string | undefined => (value === '' ? undefined : value);
/** Removes undefined fields: the definition is compared with the stored text. */
const tidy = (object: object): object =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

/** The definition that a form describes, for the schema to check. */
export function definitionValue(form: Form): unknown {
  const rows = (kind: RowKind) => form[kind].filter((row) => !isBlank(kind, row));
  const periods = form.by_time === TICKED ? periodsValue(rows('periods')) : [];
  const conditions = rows('conditions').map(conditionValue);
  return tidy({
    name: form.name.trim(),
    description: orNothing(form.description),
    topic: orNothing(form.topic.trim()),
    group: tidy({
      fields: rows('group').map(({ field }) => field),
      periods: periods.length === 0 ? undefined : periods,
    }),
    aggregate: rows('aggregate').map(({ field, operation, as }) =>
      tidy({ field: orNothing(field ?? ''), operation, as: orNothing(as ?? '') }),
    ),
    flush:
      form.by === 'TIMEOUT'
        ? tidy({
            by: 'TIMEOUT',
            timeout: timeoutValue(form),
            conditions: conditions.length === 0 ? undefined : conditions,
          })
        : { by: form.by },
    limits: form.max_sessions === '' ? undefined : { max_sessions: numberOr(form.max_sessions) },
    tests: testsValue(form.tests),
  });
}

/** A ticked checkbox needs a field: where all rows are blank, one is left for the schema to refuse. */
const periodsValue = (rows: readonly FormRow[]): object[] =>
  (rows.length === 0 ? [blankRow('periods')] : rows).map(({ field, period }) => ({ field, period }));

function timeoutValue({ timeout_type: type, hours, day, time, zone, due_field: field }: Form): object {
  if (type === 'HOUR') return tidy({ type, hours: numberOr(hours) });
  if (type === 'DAY') return { type, time, zone: zone.trim() };
  if (type === 'MONTH') return tidy({ type, day: numberOr(day), time, zone: zone.trim() });
  return { type, ...(type === 'TIMESTAMP' ? { field } : {}) };
}

function conditionValue(row: FormRow): object {
  const { name, based, on, operator, text_operator, value = '', truth } = row;
  if (based !== 'input') return tidy({ name, aggregate: on, operator, value: numberOr(value) ?? '' });
  const type = row.type ?? 'number';
  if (type === 'boolean') return { name, field: on, type, value: truth === 'true' };
  if (type === 'text') return { name, field: on, type, operator: text_operator, value };
  return { name, field: on, type, operator, value: numberOr(value) ?? '' };
}

/** The definition's tests, which the form keeps unchanged. The schema refuses text that isn't JSON. */
function testsValue(json: string): unknown {
  if (json === '') return undefined;
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}

/**
 * The form after a button that adds or removes a row.
 * @param asked the button's value, such as add-aggregate or remove-aggregate-1
 * @returns undefined for any other button
 */
export function withRows(form: Form, asked: string): Form | undefined {
  const [, add] = /^add-([a-z]+)$/.exec(asked) ?? [];
  const [, remove, row] = /^remove-([a-z]+)-(\d{1,2})$/.exec(asked) ?? [];
  const kind = ROW_KINDS.find((one) => one === (add ?? remove));
  if (kind === undefined) return undefined;
  const rows = form[kind];
  if (add === undefined) return { ...form, [kind]: rows.filter((_, at) => at !== Number(row)) };
  const by_time = kind === 'periods' ? TICKED : form.by_time;
  return rows.length >= MOST_ROWS ? form : { ...form, by_time, [kind]: [...rows, blankRow(kind)] };
}
