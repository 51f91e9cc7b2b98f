// A JSON Schema as an outline for readers: the shape of the JSON, with notes behind the fields. Views escape it.

import type { JsonSchema } from './document.ts';

/** A part of an outline: plain text, a note, or the name of a component. */
export type Mark = { readonly text: string } | { readonly note: string } | { readonly schema: string };

const INDENT = '  ';
/** Longer patterns are left out, as they tell a reader nothing. */
const LONGEST_PATTERN = 16;

/** Makes the outline of a schema. */
export function outlineOf(schema: JsonSchema): Mark[] {
  return joined(draw(schema, ''));
}

function draw(schema: JsonSchema, indent: string): Mark[] {
  if (typeof schema.$ref === 'string') return [{ schema: schema.$ref.split('/').at(-1) ?? '' }];
  const options = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(options)) {
    return options.flatMap((option: JsonSchema, index) => [
      ...(index === 0 ? [] : [{ text: ' | ' }]),
      ...draw(option, indent),
    ]);
  }
  if (schema.type === 'array') {
    return [{ text: '[' }, ...draw((schema.items ?? {}) as JsonSchema, indent), { text: ', …]' }];
  }
  if (isRecord(schema.properties)) return drawFields(schema, schema.properties, indent);
  return [{ text: typeOf(schema) }];
}

function drawFields(schema: JsonSchema, properties: Fields, indent: string): Mark[] {
  const required = Array.isArray(schema.required) ? schema.required : [];
  const inner = indent + INDENT;
  const lines = Object.entries(properties).flatMap(([name, field]): Mark[] => {
    const note =
      typeof field.description === 'string' ? [{ note: `  ${field.description.replaceAll('`', '')}` }] : [];
    const optional = required.includes(name) ? '' : '?';
    return [{ text: `\n${inner}${name}${optional}: ` }, ...draw(field, inner), ...note];
  });
  return [{ text: '{' }, ...lines, { text: `\n${indent}}` }];
}

/** A type in few words, such as "integer ≥ 0" or `"a" | "b"`. */
export function typeOf(schema: JsonSchema): string {
  if ('const' in schema) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (isRecord(schema.additionalProperties)) return `{ [name]: ${typeOf(schema.additionalProperties)} }`;
  const type = Array.isArray(schema.type) ? schema.type.join(' | ') : (schema.type ?? 'anything');
  const bounds = [
    ['≥', schema.minimum],
    ['≤', schema.maximum],
    ['length ≤', schema.maxLength],
  ].flatMap(([sign, bound]) => (bound === undefined ? [] : [`${sign} ${bound}`]));
  const format = typeof schema.format === 'string' ? [`(${schema.format})`] : [];
  const isShortPattern = typeof schema.pattern === 'string' && schema.pattern.length <= LONGEST_PATTERN;
  const pattern = isShortPattern && format.length === 0 ? [String(schema.pattern)] : [];
  return [type, ...format, ...pattern, ...bounds].join(' ');
}

type Fields = Readonly<Record<string, JsonSchema>>;

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Joins adjacent plain texts. */
function joined(marks: readonly Mark[]): Mark[] {
  const result: Mark[] = [];
  for (const mark of marks) {
    const last = result.at(-1);
    if (last !== undefined && 'text' in last && 'text' in mark) {
      result[result.length - 1] = { text: last.text + mark.text };
    } else result.push(mark);
  }
  return result;
}
