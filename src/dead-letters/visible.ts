// Untrusted text, so that a person sees all of it: characters that draw nothing, or that turn the direction of what
// stands beside them (the Trojan Source attack, CVE-2021-42574), are named instead of shown. Views escape the rest.

/**
 * Controls but tab and line feed; format and bidi characters; private and unassigned ones, halves of a pair; what
 * Unicode says may be ignored when drawing (zero-width characters, fillers); other line and paragraph ends.
 */
const HIDDEN = /(?![\t\n])[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{DI}\p{Zl}\p{Zp}]/gu;

/** Text to show as it is, or the name of a character that can't be seen. */
export type Piece = { readonly text: string } | { readonly hidden: string };

/** Cuts a text into what can be shown and what has to be named. */
export function visiblePieces(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(HIDDEN)) {
    if (match.index > end) pieces.push({ text: text.slice(end, match.index) });
    pieces.push({ hidden: codePoint(match[0]) });
    end = match.index + match[0].length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end) });
  return pieces;
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

/** Bytes that are no text, as hexdump -C shows them; the first 512. */
export function hexDump(bytes: Buffer): string {
  const lines: string[] = [];
  for (let at = 0; at < Math.min(bytes.length, DUMPED_BYTES); at += LINE_BYTES) {
    const line = bytes.subarray(at, at + LINE_BYTES);
    const hex = [...line].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = line.toString('latin1').replace(/[^\x20-\x7e]/g, '.');
    lines.push(`${at.toString(16).padStart(4, '0')}  ${hex.padEnd(LINE_BYTES * 3)} ${text}`);
  }
  if (bytes.length > DUMPED_BYTES) lines.push(`… ${bytes.length - DUMPED_BYTES} more bytes`);
  return lines.join('\n');
}
