import { describe, expect, it } from 'vitest';
import { toBytes } from '../../src/dead-letters/bytes.ts';
import type { DeadLetter } from '../../src/dead-letters/dead-letter.ts';
import {
  draftOf,
  patternEvent,
  previewDeadLetter,
  showDeadLetter,
} from '../../src/dead-letters/page-models.ts';
import type { Visible } from '../../src/dead-letters/visible.ts';
import { MAX_EVENT_BYTES, parseEvent } from '../../src/events/parse.ts';

function letterOf(content: Buffer | string | null, changes: Partial<DeadLetter> = {}): DeadLetter {
  const bytes = content === null ? null : Buffer.from(content as string);
  return {
    id: 1,
    state: 'open',
    code: 'not_json',
    reason: 'no JSON',
    topic: 't',
    partition: 0,
    offset: '7',
    key: null,
    payload: bytes === null ? null : toBytes(bytes, bytes.length),
    rejected_at: '2026-03-02T09:00:00.000Z',
    settled_at: null,
    resent_as: null,
    ...changes,
  };
}

const textOf = ({ pieces }: Visible) =>
  pieces.map((piece) => ('text' in piece ? piece.text : `[${piece.hidden}]`)).join('');

describe('a dead letter on its page', () => {
  it('a dead letter on its page is shown whole, with what can not be seen named', () => {
    const shown = showDeadLetter(letterOf('a\n\u202eb', { reason: 'x\u200by' }));
    expect(textOf(shown.payload)).toBe('a\n[U+202E]b');
    expect(textOf(shown.reason)).toBe('x[U+200B]y');
    expect(shown).toMatchObject({ bytes: 6, isText: true, payload: { cut: false } });
  });

  it('a dead letter is shown as a dump of its bytes where they are no text', () => {
    const shown = showDeadLetter(letterOf(Buffer.from([0xff, 0x41])));
    expect(textOf(shown.payload)).toContain('ff 41');
    expect(shown.isText).toBe(false);
  });

  it('a dead letter of no bytes at all is empty on its page', () => {
    const shown = showDeadLetter(letterOf(null));
    expect(textOf(shown.payload)).toBe('');
    expect(shown).toMatchObject({ bytes: 0, isText: true });
  });

  it('a dead letter on its page says that it is cut where the API or the page had no room for all', () => {
    const cut = letterOf('a', { payload: toBytes(Buffer.from('a'), 2) });
    expect(showDeadLetter(cut)).toMatchObject({ bytes: 2, payload: { cut: true } });
    expect(showDeadLetter(letterOf('x'.repeat(1_000_000))).payload.cut).toBe(true);
  });
});

it('a dead letter is previewed by its beginning, on one line', () => {
  expect(textOf(previewDeadLetter(letterOf(`{\n  "a":\t1\r\n}`)).payload)).toBe('{ "a": 1 }');
  expect(textOf(previewDeadLetter(letterOf('x'.repeat(10_000))).payload)).toBe('x'.repeat(240));
});

describe('the draft of a dead letter', () => {
  it('the draft of a dead letter is its JSON, indented', () => {
    expect(draftOf(letterOf('{"a":[1]}'))).toBe('{\n  "a": [\n    1\n  ]\n}');
  });

  it('the draft of a dead letter is any other text as it came', () => {
    expect(draftOf(letterOf('{"a": '))).toBe('{"a": ');
  });

  it('the draft of a dead letter has no hidden character', () => {
    expect(draftOf(letterOf('{"a":"\u202e"}'))).toBe('{\n  "a": "\\u202e"\n}');
  });

  it('the draft of a dead letter is not indented where an event would have no room for that, or nobody could read it', () => {
    const deep = `${'['.repeat(17)}${']'.repeat(17)}`;
    expect(draftOf(letterOf(deep))).toBe(deep);
    const wide = JSON.stringify(Array.from({ length: 20_000 }, () => 1));
    expect(draftOf(letterOf(wide))).toBe(wide);
  });

  it.each([
    ['without bytes', letterOf(null)],
    ['of bytes that are no text', letterOf(Buffer.from([0xff]))],
    ['of which only the beginning is known', letterOf('a', { payload: toBytes(Buffer.from('a'), 2) })],
    ['larger than an event', letterOf('x'.repeat(MAX_EVENT_BYTES + 1))],
  ])('there is no draft of a dead letter %s', (_, letter) => {
    expect(draftOf(letter)).toBeUndefined();
  });

  it('the draft of a dead letter may be as large as an event', () => {
    expect(draftOf(letterOf('x'.repeat(MAX_EVENT_BYTES)))).toHaveLength(MAX_EVENT_BYTES);
  });

  it('the draft of a dead letter survives brackets without end', () => {
    const brackets = '[{'.repeat(20_000);
    expect(draftOf(letterOf(brackets))).toBe(brackets);
  });
});

it('patternEvent gives an example that would be taken, each time with an id of its own', () => {
  const [one, other] = [patternEvent(), patternEvent()].map((text) => JSON.parse(text));
  expect(parseEvent(one)).toMatchObject({ ok: true });
  expect(one.order_id).not.toBe(other.order_id);
});
