// Untrusted text, so that a person sees all of it: characters that draw nothing, or that turn the direction of what
// stands beside them (the Trojan Source attack, CVE-2021-42574), are named instead of shown. Views escape the rest.

/**
 * Controls but tab and line feed; format and bidi characters; private and unassigned ones, halves of a pair; what
 * Unicode says may be ignored when drawing (zero-width characters, fillers); other line and paragraph ends.
 */
const HIDDEN = /(?![\t\n])[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{DI}\p{Zl}\p{Zp}]/gu;
/** One of them, as often as it is repeated. */
const HIDDEN_RUN = new RegExp(`(${HIDDEN.source})\\1*`, 'gu');

/** Text to show as it is, or the name of a character that can't be seen and how many of it stand in a row. */
export type Piece = { readonly text: string } | { readonly hidden: string; readonly times: number };

/** What a page shows of a text; `cut` where that is not all of it. */
export type Visible = { readonly pieces: readonly Piece[]; readonly cut: boolean };

/** The mark-up around the name of a hidden character, in views/partials/pieces.ejs. */
const NAMED_BYTES = 64;
/** The longest that a character becomes in HTML: a quotation mark is &#34;. */
const ESCAPED_BYTES = 5;
/** How much of a text is looked at in one go, so that what is left of the budget is known. */
const CHUNKS = /.{1,512}/gsu;

/**
 * Cuts a text into what can be shown and what has to be named.
 * @param mostBytes of HTML, at most, that the pieces may become
 */
export function visiblePieces(text: string, mostBytes: number): Visible {
  const pieces: Piece[] = [];
  let spent = 0;
  for (const piece of piecesOf(text)) {
    spent += htmlBytes(piece);
    if (spent > mostBytes) return { pieces, cut: true };
    pieces.push(piece);
  }
  return { pieces, cut: false };
}

function* piecesOf(text: string): Generator<Piece> {
  let end = 0;
  for (const match of text.matchAll(HIDDEN_RUN)) {
    yield* chunksOf(text.slice(end, match.index));
    const [run] = match;
    const [character = ''] = run;
    yield { hidden: codePoint(character), times: run.length / character.length };
    end = match.index + run.length;
  }
  yield* chunksOf(text.slice(end));
}

/** By code points: half of a pair would be shown as a character that was not sent. */
function* chunksOf(text: string): Generator<Piece> {
  for (const [chunk] of text.matchAll(CHUNKS)) yield { text: chunk };
}

function htmlBytes(piece: Piece): number {
  if ('hidden' in piece) return NAMED_BYTES;
  const escaped = piece.text.match(/[&<>"']/g)?.length ?? 0;
  return Buffer.byteLength(piece.text) + escaped * (ESCAPED_BYTES - 1);
}

/** The same in JSON's own escapes: what is edited and sent back means what was there. */
export function escapeHidden(text: string): string {
  return text.replace(HIDDEN, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

const codePoint = (character: string) =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

const DUMPED_BYTES = 512;
const LINE_BYTES = 16;

/**
 * Bytes that are no text, as hexdump -C shows them; the first 512.
 * @param total how many there are in all
 */
export function hexDump(bytes: Buffer, total = bytes.length): string {
  const lines: string[] = [];
  for (let at = 0; at < Math.min(bytes.length, DUMPED_BYTES); at += LINE_BYTES) {
    const line = bytes.subarray(at, at + LINE_BYTES);
    const hex = [...line].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = line.toString('latin1').replace(/[^\x20-\x7e]/g, '.');
    lines.push(`${at.toString(16).padStart(4, '0')}  ${hex.padEnd(LINE_BYTES * 3)} ${text}`);
  }
  if (total > DUMPED_BYTES) lines.push(`… ${total - DUMPED_BYTES} more bytes`);
  return lines.join('\n');
}
