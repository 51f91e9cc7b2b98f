// Cells of CSV (RFC 4180).

/** A text that begins so is a formula to a spreadsheet, which may fetch an address or start a program; a number is none. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** The text as it is, within quotes where it has to be. */
export const csvCell = (text: string): string =>
  /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

/**
 * A cell of what browsers download: a text that a spreadsheet would run as a formula gets an apostrophe before it, which makes it
 * plain text there. Visitors write such texts, operators open them.
 */
export const spreadsheetCell = (text: string): string =>
  csvCell(FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text);
