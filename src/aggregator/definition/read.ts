// Reads and validates a definition, from text (YAML, and so JSON) or from an object, with the place of every problem.

import { closest, distance } from 'fastest-levenshtein';
import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { shortened } from '../../runtime/beginning.ts';
import { messageOf } from '../../runtime/errors.ts';
import { expectationOf } from '../../runtime/expectation.ts';
import { jsonText } from '../../runtime/json-text.ts';
import { checkDefinition, type Found } from './check.ts';
import { DefinitionError, type Problem, toPointer } from './problem.ts';
import { type Definition, definitionSchema } from './schema.ts';

/** Characters of a definition at most: yaml compares each key with all others, so that a data file given by mistake would take hours. */
const LONGEST = 256 * 1024;

const KNOWN_NAMES = [
  ...[
    'name',
    'description',
    'topic',
    'group',
    'fields',
    'periods',
    'field',
    'period',
    'aggregate',
    'operation',
    'as',
  ],
  ...['flush', 'by', 'timeout', 'type', 'hours', 'day', 'time', 'zone', 'conditions', 'operator', 'value'],
  ...[
    'limits',
    'max_sessions',
    'tests',
    'steps',
    'clock',
    'records',
    'file',
    'run',
    'end',
    'expect',
    'set_aside',
  ],
];
/** Whether one may be a typo of the other: at least half of the word's letters are in it. */
const isClose = (word: string, other: string): boolean => {
  const shared = [...new Set(word.toLowerCase())].filter((letter) => other.toLowerCase().includes(letter));
  return shared.length * 2 >= new Set(word).size;
};

const suggest = (word: string | undefined, known: readonly string[]): string | undefined => {
  if (word === undefined || known.length === 0) return undefined;
  const near = closest(word, known);
  return near !== word && isClose(word, near) ? near : undefined;
};

/** The time zone that is meant, by its name or its city. A typo changes at most a third of the letters. */
function suggestZone(word: string): string | undefined {
  const zones = Intl.supportedValuesOf('timeZone');
  const meant = new Map(zones.map((zone) => [zone.slice(zone.lastIndexOf('/') + 1), zone]));
  for (const zone of zones) meant.set(zone, zone);
  const near = closest(word, [...meant.keys()]);
  return distance(word, near) * 3 <= word.length ? meant.get(near) : undefined;
}

type Place = (path: readonly PropertyKey[], key?: string) => Pick<Problem, 'line' | 'column'>;
const NOWHERE: Place = () => ({ line: undefined, column: undefined });

/**
 * Reads a definition's text.
 * @param realTime whether it runs on a topic; by default if it names one
 * @throws {DefinitionError} with every problem
 */
export function readDefinition(text: string, file = 'definition', realTime?: boolean): Definition {
  if (text.length > LONGEST)
    throw atStart(`received ${text.length} characters, expected at most ${LONGEST}`, file);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const syntaxErrors = document.errors.map(({ code, message, pos: [at] }): Problem => {
    const { line, col } = lines.linePos(at);
    return {
      pointer: '',
      line,
      column: col,
      message: syntaxMessage(code, message, text.slice(at)),
      suggestion: undefined,
    };
  });
  if (syntaxErrors.length > 0) throw new DefinitionError(syntaxErrors, file);
  keepDigits(document);
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw atStart(messageOf(error), file);
  }
  return checkObject(value, placeIn(document, lines), file, realTime);
}

/** Keeps the value of each condition as it is written: a double would round the 17th digit, and lose the last zero of a text. */
function keepDigits(document: Document): void {
  const conditions = document.getIn(['flush', 'conditions']);
  if (!isSeq(conditions)) return;
  for (const condition of conditions.items) {
    const value = isMap(condition) ? condition.get('value', true) : undefined;
    if (isScalar(value) && typeof value.value === 'number' && value.source !== String(value.value))
      value.value = value.source;
  }
}

const atStart = (message: string, file: string) =>
  new DefinitionError([{ pointer: '', line: 1, column: 1, message, suggestion: undefined }], file);

/** The message of an error of yaml; some of its own are not for users. */
function syntaxMessage(code: string, message: string, place: string): string {
  if (code === 'DUPLICATE_KEY')
    return `received ${shorten(/^"[^"\n]*"|^[^\s:,{}]+/.exec(place)?.[0] ?? 'a name')} twice, expected it once`;
  if (code === 'MULTIPLE_DOCS') return 'received a second document, expected one definition';
  if (/call stack/.test(message)) return 'received lists or objects within each other by the hundred';
  return message.split('\n', 1)[0] ?? '';
}

/**
 * Validates an object from a form, the API or Postgres.
 * @param realTime whether it runs on a topic; by default if it names one
 * @throws {DefinitionError} with every problem
 */
export const checkValue = (value: unknown, realTime?: boolean): Definition =>
  checkObject(value, NOWHERE, 'definition', realTime);

function checkObject(value: unknown, place: Place, file: string, realTime: boolean | undefined): Definition {
  const parsed = definitionSchema.safeParse(value);
  const problems = parsed.success
    ? checkDefinition(parsed.data, realTime).map((found) => ofRule(found, place))
    : parsed.error.issues.flatMap((issue) => ofIssue(issue, value, place));
  if (problems.length > 0 || !parsed.success) throw new DefinitionError(problems, file);
  return parsed.data;
}

const ofRule = ({ path, message, wrong, known = [] }: Found, place: Place): Problem => ({
  pointer: toPointer(path),
  ...place(path),
  message,
  suggestion: suggest(wrong, known),
});

function ofIssue(issue: z.core.$ZodIssue, whole: unknown, place: Place): Problem[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      pointer: toPointer([...path, key]),
      ...place(path, key),
      message: `received ${key}, which is unknown in ${path.length === 0 ? 'a definition' : toPointer(path)}`,
      suggestion: suggest(key, KNOWN_NAMES),
    }));
  const received = path.reduce<unknown>(
    (value, step) => (typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined),
    whole,
  );
  const came = received === undefined ? 'nothing' : shorten(jsonText(received));
  const known = 'values' in issue && Array.isArray(issue.values) ? issue.values.map(String) : [];
  return [
    {
      pointer: toPointer(path),
      ...place(path),
      message: `received ${came}, expected ${expectationOf(issue).expected}`,
      suggestion: suggestValue(path.at(-1), received, known),
    },
  ];
}

function suggestValue(
  name: PropertyKey | undefined,
  received: unknown,
  known: readonly string[],
): string | undefined {
  if (typeof received !== 'string') return undefined;
  return name === 'zone' ? suggestZone(received) : suggest(received.toUpperCase(), known);
}

const shorten = (text = ''): string => shortened(text, 60);

/** Finds the position of a path in the text; for a missing path, that of its parent. */
function placeIn(document: Document, lines: LineCounter): Place {
  return (path, key) => {
    for (let length = path.length; length >= 0; length -= 1) {
      const part = path.slice(0, length);
      const node: unknown = part.length === 0 ? document.contents : document.getIn(part, true);
      const at = isNode(node)
        ? ((length === path.length ? keyAt(node, key) : undefined) ?? node.range?.[0])
        : undefined;
      if (at === undefined) continue;
      const { line, col } = lines.linePos(at);
      return { line, column: col };
    }
    return { line: 1, column: 1 };
  };
}

type KeyedNode = {
  readonly items?: readonly {
    readonly key?: { readonly value?: unknown; readonly range?: readonly number[] };
  }[];
};

function keyAt(node: unknown, key: string | undefined): number | undefined {
  if (key === undefined) return undefined;
  return (node as KeyedNode).items?.find((item) => item.key?.value === key)?.key?.range?.[0];
}
