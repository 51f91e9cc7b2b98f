// What the pages of the dead letters are given to draw.

import { exampleEvent } from '../events/example.ts';
import { newOrderId } from '../events/ids.ts';
import type { Layout } from '../site/layout.ts';
import type { Trace } from '../tracing/trace.ts';
import type { Bytes } from './bytes.ts';
import type { LetterPage } from './desk.ts';
import type { DeadLetter } from './letter.ts';
import { escapeHidden, hexDump, type Piece, visiblePieces } from './visible.ts';

const PREVIEW_CHARACTERS = 240;

/** A letter with its reason and its bytes made safe to look at. */
export type ShownLetter = Omit<DeadLetter, 'reason' | 'payload' | 'key'> & {
  readonly reason: readonly Piece[];
  readonly key: readonly Piece[];
  readonly payload: readonly Piece[];
  readonly bytes: number;
  readonly isText: boolean;
};

export type RejectedPage = Layout & {
  readonly state: DeadLetter['state'];
  readonly code: DeadLetter['code'] | undefined;
  readonly letters: readonly ShownLetter[];
  readonly counts: LetterPage['counts'];
  /** Of the shown state, of all codes. */
  readonly total: number;
  readonly older: string | null;
  readonly isFirst: boolean;
  /** A shell command that makes a letter. */
  readonly command: string;
};

export type LetterPageModel = Layout & {
  readonly letter: ShownLetter;
  /** What the editor begins with. */
  readonly draft: string;
  /** What was wrong with what was sent; undefined where nothing was. */
  readonly problem: string | undefined;
  /** An event that would be taken. */
  readonly pattern: string;
  /** The way of the event that was sent in the letter's place, as far as it is known. */
  readonly trace: Trace | null;
};

function contentOf(bytes: Bytes | null): string {
  if (bytes === null) return '';
  return bytes.encoding === 'utf8' ? bytes.value : hexDump(Buffer.from(bytes.value, 'base64'));
}

/** A letter with all that was sent. */
export function showLetter({ reason, key, payload, ...letter }: DeadLetter): ShownLetter {
  return {
    ...letter,
    reason: visiblePieces(reason),
    key: visiblePieces(contentOf(key)),
    payload: visiblePieces(contentOf(payload)),
    bytes: payload?.bytes ?? 0,
    isText: payload?.encoding !== 'base64',
  };
}

/** A letter with the beginning of what was sent, on one line. */
export function previewLetter(letter: DeadLetter): ShownLetter {
  const { payload } = letter;
  const start = contentOf(payload).slice(0, PREVIEW_CHARACTERS).replaceAll(/\s+/g, ' ');
  return { ...showLetter({ ...letter, payload: null }), ...sizeOf(payload), payload: visiblePieces(start) };
}

const sizeOf = (payload: Bytes | null) => ({
  bytes: payload?.bytes ?? 0,
  isText: payload?.encoding !== 'base64',
});

/** JSON indented; any other text as it came; nothing for bytes that are no text. */
export function draftOf({ payload }: DeadLetter): string {
  if (payload === null || payload.encoding !== 'utf8') return '';
  try {
    return escapeHidden(JSON.stringify(JSON.parse(payload.value), null, 2));
  } catch {
    return escapeHidden(payload.value);
  }
}

/** A valid event with an order_id of its own. */
export function patternEvent(): string {
  const event = { ...exampleEvent, order_id: newOrderId(), time: new Date().toISOString() };
  return JSON.stringify(event, null, 2);
}
