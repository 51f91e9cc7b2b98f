// The models of the dead letters' pages.

import { exampleEvent } from '../events/example.ts';
import { newOrderId } from '../events/ids.ts';
import { MAX_EVENT_BYTES } from '../events/parse.ts';
import type { Layout } from '../site/layout.ts';
import type { Trace } from '../tracing/trace.ts';
import type { Bytes } from './bytes.ts';
import type { DeadLetter } from './dead-letter.ts';
import type { DeadLetterPage } from './dead-letters.ts';
import { escapeHidden, hexDump, type Visible, visiblePieces } from './visible.ts';

const PREVIEW_CHARACTERS = 240;
/** Limits of the HTML of a payload, and of a line, in bytes. */
const PAYLOAD_HTML = 128 * 1024;
const LINE_HTML = 4 * 1024;
/** JSON that is nested deeper is not indented, as that grows with the square of its depth; events have less than half of it. */
const INDENTED_DEPTH = 16;

/** A dead letter whose untrusted text is safe to show. */
export type ShownDeadLetter = Omit<DeadLetter, 'reason' | 'payload' | 'key'> & {
  readonly reason: Visible;
  readonly key: Visible;
  readonly payload: Visible;
  readonly bytes: number;
  readonly isText: boolean;
};

export type RejectedPage = Layout & {
  readonly state: DeadLetter['state'];
  readonly code: DeadLetter['code'] | undefined;
  readonly letters: readonly ShownDeadLetter[];
  readonly counts: DeadLetterPage['counts'];
  /** The number of dead letters of the state, of all codes. */
  readonly total: number;
  readonly older: string | null;
  readonly isFirst: boolean;
  /** A shell command that makes a dead letter. */
  readonly command: string;
};

export type DeadLetterPageModel = Layout & {
  readonly letter: ShownDeadLetter;
  /** What the editor begins with; undefined where the payload could not be sent as an event. */
  readonly draft: string | undefined;
  /** What was wrong with the event that was just sent; undefined if nothing was. */
  readonly problem: string | undefined;
  /** An example of a valid event. */
  readonly pattern: string;
  /** The trace of the event that was sent in the dead letter's place, if it is known. */
  readonly trace: Trace | null;
};

function contentOf(bytes: Bytes | null): string {
  if (bytes === null) return '';
  return bytes.encoding === 'utf8' ? bytes.value : hexDump(Buffer.from(bytes.value, 'base64'), bytes.bytes);
}

/** A dead letter with its payload, up to the limit of a page. */
export function showDeadLetter(letter: DeadLetter): ShownDeadLetter {
  return shown(letter, contentOf(letter.payload), PAYLOAD_HTML);
}

/** A dead letter with the beginning of its payload, on one line. */
export function previewDeadLetter(letter: DeadLetter): ShownDeadLetter {
  const start = contentOf(letter.payload).slice(0, PREVIEW_CHARACTERS).replaceAll(/\s+/g, ' ');
  return shown(letter, start, LINE_HTML);
}

function shown(
  { reason, key, payload, ...letter }: DeadLetter,
  content: string,
  html: number,
): ShownDeadLetter {
  const { pieces, cut } = visiblePieces(content, html);
  return {
    ...letter,
    reason: visiblePieces(reason, LINE_HTML),
    key: visiblePieces(contentOf(key), LINE_HTML),
    payload: { pieces, cut: cut || payload?.cut === true },
    bytes: payload?.bytes ?? 0,
    isText: payload?.encoding !== 'base64',
  };
}

/**
 * The payload as text to edit: JSON is indented if it then is not larger than an event may be; other text is as it was received.
 * @returns undefined for bytes that are not text, and for a payload that is larger than an event may be
 */
export function draftOf({ payload }: DeadLetter): string | undefined {
  if (payload === null || payload.encoding !== 'utf8' || payload.cut) return undefined;
  return [indented(payload.value), payload.value].map(escapeHidden).find(fitsAnEvent);
}

const fitsAnEvent = (text: string) => Buffer.byteLength(text) <= MAX_EVENT_BYTES;

/** The text unchanged where it is not JSON, or is nested too deep. */
function indented(text: string): string {
  if (depthOf(text) > INDENTED_DEPTH) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** How deep brackets are nested; those in strings count too. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [bracket] of text.matchAll(/[[{\]}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/** A valid event with an order_id of its own. */
export function patternEvent(): string {
  const event = { ...exampleEvent, order_id: newOrderId(), time: new Date().toISOString() };
  return JSON.stringify(event, null, 2);
}
