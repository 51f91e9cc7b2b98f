// The problems of a definition beside the controls of its form: JSON pointers of the schema → names of controls.

import type { Problem } from '../definition/problem.ts';
import { type Form, type FormRow, isBlank, type RowKind } from './form.ts';

export type FormProblem = {
  /** Name of the form's control; undefined where there is none. */
  readonly field: string | undefined;
  readonly message: string;
};

/** Problems of the form's definition, each with the control that shows it. */
export const problemsOf = (form: Form, problems: readonly Problem[]): FormProblem[] =>
  problems.map(({ pointer, message, suggestion }) => ({
    field: controlOf(form, pointer),
    message: suggestion === undefined ? message : `${message} (did you mean ${suggestion}?)`,
  }));

const CONTROLS: Readonly<Record<string, string>> = {
  '/name': 'name',
  '/description': 'description',
  '/topic': 'topic',
  '/limits/max_sessions': 'max_sessions',
  '/group/fields': 'group.0.field',
  '/aggregate': 'aggregate.0.operation',
  '/flush': 'by',
  '/flush/by': 'by',
  '/flush/timeout': 'timeout_type',
  '/flush/timeout/type': 'timeout_type',
  '/flush/timeout/hours': 'hours',
  '/flush/timeout/day': 'day',
  '/flush/timeout/time': 'time',
  '/flush/timeout/zone': 'zone',
  '/flush/timeout/field': 'due_field',
};
const LISTS: Readonly<Record<string, RowKind>> = {
  '/group/fields': 'group',
  '/group/periods': 'periods',
  '/aggregate': 'aggregate',
  '/flush/conditions': 'conditions',
};
/** The control that shows the problems of a whole row. */
const ROW_CONTROL: Readonly<Record<RowKind, string>> = {
  group: 'field',
  periods: 'field',
  aggregate: 'as',
  conditions: 'on',
};

/** The control of a JSON pointer into the definition, whose lists lack the form's blank rows. */
function controlOf(form: Form, pointer: string): string | undefined {
  const known = CONTROLS[pointer];
  if (known !== undefined) return known;
  const [, list = '', index, part] =
    /^(\/group\/fields|\/group\/periods|\/aggregate|\/flush\/conditions)\/(\d+)(?:\/(\w+))?/.exec(pointer) ??
    [];
  const kind = LISTS[list];
  if (kind === undefined) return undefined;
  const filled = form[kind].map((_, at) => at).filter((at) => !isBlank(kind, form[kind][at] ?? {}));
  // Periods that are all blank are in the definition as one blank row.
  const row = filled[Number(index)] ?? (kind === 'periods' ? 0 : undefined);
  if (row === undefined) return undefined;
  if (row >= form[kind].length) return 'by_time';
  return `${kind}.${row}.${part === undefined ? ROW_CONTROL[kind] : controlOfRow(form[kind][row] ?? {}, kind, part)}`;
}

function controlOfRow({ type, based }: FormRow, kind: RowKind, part: string): string {
  if (kind !== 'conditions') return part;
  if (part === 'field' || part === 'aggregate') return 'on';
  const isInput = based === 'input';
  if (part === 'operator' && isInput && type === 'text') return 'text_operator';
  return part === 'value' && isInput && type === 'boolean' ? 'truth' : part;
}
