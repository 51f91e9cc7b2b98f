// Makes all of an untrusted text visible: characters that draw nothing, or that change the direction of the text beside them (the
// Trojan Source attack, CVE-2021-42574), are named instead of shown. Views escape the rest.

/**
 * Controls except tab and line feed; format and bidi characters; private and unassigned ones and lone surrogates; default ignorable
 * code points (zero-width characters, fillers); line and paragraph separators.
 */
const HIDDEN = /(?![\t\n])[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{DI}\p{Zl}\p{Zp}]/gu;
/** One of them and its repetitions. */
const HIDDEN_RUN = new RegExp(`(${HIDDEN.source})\\1*`, 'gu');

/** Text to show as it is, or the code point of a hidden character and how often it is repeated. */
export type Piece = { readonly text: string } | { readonly hidden: string; readonly times: number };

/** What a page shows of a text; `cut` if that is not all of it. */
export type Visible = { readonly pieces: readonly Piece[]; readonly cut: boolean };

/** Bytes of the mark-up of a hidden character, in views/partials/pieces.ejs. */
const NAMED_BYTES = 64;
/** Bytes of the longest escape of a character: a quotation mark is &#34;. */
const ESCAPED_BYTES = 5;
/** Pieces of a text, each of which is checked against the limit. */
const CHUNKS = /.{1,512}/gsu;

/**
 * Splits a text into visible text and named characters.
 * @param mostBytes limit of the pieces' HTML, in bytes
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

/** Splits by code points: a split surrogate pair would be shown as a character that was not sent. */
function* chunksOf(text: string): Generator<Piece> {
  for (const [chunk] of text.matchAll(CHUNKS)) yield { text: chunk };
}

function htmlBytes(piece: Piece): number {
  if ('hidden' in piece) return NAMED_BYTES;
  const escaped = piece.text.match(/[&<>"']/g)?.length ?? 0;
  return Buffer.byteLength(piece.text) + escaped * (ESCAPED_BYTES - 1);
}

/** Replaces hidden characters of a JSON text by \u escapes, so that the edited text still means the same. */
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
 * Bytes that are not text, like the output of hexdump -C; the first 512.
 * @param total the number of all bytes
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
