// The bytes of CSV's syntax, and searches for them.

export const COMMA = 0x2c;
export const QUOTE = 0x22;
export const CR = 0x0d;
export const LF = 0x0a;

/** Where the row behind an empty one begins; `at` itself where the row isn't empty. */
export function afterBlank(bytes: Buffer, at: number): number {
  if (bytes[at] === LF) return at + 1;
  return bytes[at] === CR && bytes[at + 1] === LF ? at + 2 : at;
}

/** Number of LFs from `from` on, and before `to`. */
export function lineBreaks(bytes: Buffer, from: number, to: number): number {
  let breaks = 0;
  for (let at = bytes.indexOf(LF, from); at !== -1 && at < to; at = bytes.indexOf(LF, at + 1)) breaks += 1;
  return breaks;
}

/** The quote that ends a quoted cell, skipping doubled ones; -1 where it is not among the bytes. */
export function closingQuote(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(QUOTE, from); at !== -1; at = bytes.indexOf(QUOTE, at + 2))
    if (bytes[at + 1] !== QUOTE) return at;
  return -1;
}

/** The comma or LF that ends a cell without quotes; the number of bytes where there is none. */
export function endOfCell(bytes: Buffer, from: number): number {
  for (let at = from; at < bytes.length; at += 1) if (bytes[at] === COMMA || bytes[at] === LF) return at;
  return bytes.length;
}
