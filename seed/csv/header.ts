// The header line: the place of each column, or an error that names the rule it breaks.

import { EVENT_COLUMNS } from '../../src/events/event.ts';
import { DatasetError } from '../errors.ts';
import { HEADER } from '../published.ts';
import { type Layout, show, splitFields, USUAL_LAYOUT } from './row.ts';

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const LINE_FEED = 10;
/** What blank lines are made of: line feeds and carriage returns. */
const BLANK: ReadonlySet<number> = new Set([LINE_FEED, 13]);
const DELIMITERS = [',', ';', '\t', '|'];
/** Names that pandas gives to the column of its row numbers, in lower case. */
const INDEX_NAME = /^(|index|unnamed: \d+)$/;

export type Header = {
  /** How many bytes it has with its line feed and the blank lines before it. */
  readonly bytes: number;
  /** How many lines it has with those. */
  readonly lines: number;
  readonly layout: Layout;
};

/**
 * Reads the first line of a file that is not blank.
 * @param text begins with the file's first line
 * @throws {DatasetError} WRONG_ENCODING or WRONG_HEADER
 */
export function readHeader(text: Buffer, file: string): Header {
  checkEncoding(text, file);
  let from = text.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0;
  let line = 1;
  for (; BLANK.has(text[from] ?? -1); from += 1) if (text[from] === LINE_FEED) line += 1;
  const end = text.indexOf(LINE_FEED, from);
  const header = text
    .subarray(from, end === -1 ? text.length : end)
    .toString('utf8')
    .replace(/\r$/, '');
  const layout = layoutOf(header);
  if (typeof layout === 'string') throw wrong(file, line, header, layout);
  return { bytes: end === -1 ? text.length : end + 1, lines: line, layout };
}

const wrong = (file: string, line: number, header: string, rule: string) =>
  new DatasetError(
    'WRONG_HEADER',
    `${file}, line ${line}: received ${show(header)}, ${rule}, expected the columns ${HEADER}, in any order`,
  );

function checkEncoding(text: Buffer, file: string): void {
  const start = text.subarray(0, 2).toString('hex');
  if (start === 'fffe' || start === 'feff' || text.subarray(0, HEADER.length).includes(0)) {
    throw new DatasetError(
      'WRONG_ENCODING',
      `${file}: received UTF-16 or binary data, expected CSV in UTF-8`,
    );
  }
}

/** The layout, or the rule that the header breaks. */
function layoutOf(header: string): Layout | string {
  if (header === HEADER) return USUAL_LAYOUT;
  const [delimiter = ','] = DELIMITERS.toSorted((a, b) => header.split(b).length - header.split(a).length);
  const fields = splitFields(header, delimiter);
  if (typeof fields === 'string') return 'whose quotes do not pair';
  const names = fields.map((name) => name.trim().toLowerCase());
  return brokenRule(names) ?? usualOr({ delimiter, fields: names.length, places: placesIn(names) });
}

const placesIn = (names: readonly string[]) => EVENT_COLUMNS.map((column) => names.indexOf(column));

/** The usual layout also for its columns in quotes, so that the fast path serves it. */
function usualOr(layout: Layout): Layout {
  const isUsual =
    layout.delimiter === USUAL_LAYOUT.delimiter &&
    layout.fields === USUAL_LAYOUT.fields &&
    layout.places.every((place, index) => place === index);
  return isUsual ? USUAL_LAYOUT : layout;
}

function brokenRule(names: readonly string[]): string | undefined {
  const columns: readonly string[] = EVENT_COLUMNS;
  const missing = columns.filter((column) => !names.includes(column));
  if (missing.length === columns.length) return 'which is not the header of the dataset';
  if (missing.length > 0) return `which lacks ${missing.join(', ')}`;
  const repeated = columns.find((column) => names.indexOf(column) !== names.lastIndexOf(column));
  if (repeated !== undefined) return `which has ${repeated} twice`;
  // Each line may end in a delimiter.
  const isNone = (name: string, at: number) =>
    (at === 0 && INDEX_NAME.test(name)) || (at === names.length - 1 && name === '');
  const unknown = names.filter((name, at) => !columns.includes(name) && !isNone(name, at));
  if (unknown.length > 0) return `with ${unknown.map(show).join(', ')}, which the dataset does not have`;
  return undefined;
}
