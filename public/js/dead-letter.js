// The page of a rejected message: reports JSON errors while somebody types, shows the server's refusal without a reload, and
// follows the event that was sent in its place to its row. Without this script the form posts, and the page shows the same.

import { address } from './base.js';
import { indented } from './indented.js';
import { messageOf } from './message-of.js';
import { fillTrace } from './trace.js';
import { progressOf } from './trace-facts.js';

const FOLLOW_EVERY_MS = 250;
const FOLLOW_TIMES = 40;
const INDENTED_DEPTH = 16;
/** Index of the station "Postgres" in a trace. */
const ROW = 2;

const id = document.querySelector('main').dataset.deadLetter;
const form = /** @type {FormWith<'event'> | null} */ (document.querySelector('[data-editor]'));
const problem = document.querySelector('[data-problem]');

/** Shows what is wrong with the edited event; '' where nothing is. @param {HTMLInputElement} editor  @param {string} words */
function say(editor, words) {
  problem.textContent = words;
  if (words === '') editor.removeAttribute('aria-invalid');
  else editor.setAttribute('aria-invalid', 'true');
}

/** What JSON.parse says of the text; '' where it is JSON. @param {string} text */
function jsonError(text) {
  try {
    JSON.parse(text);
    return '';
  } catch (error) {
    return `Not JSON yet: ${messageOf(error)}`;
  }
}

/** @param {HTMLInputElement} editor */
async function send(editor) {
  const answer = await fetch(address(`/api/dead-letters/${id}/send`), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: editor.value,
  });
  if (answer.ok || answer.status === 409) location.reload();
  else say(editor, (await answer.json()).error.message);
}

/** @param {FormWith<'event'>} form */
function edit(form) {
  const editor = form.elements.event;
  const tidy = /** @type {HTMLElement} */ (form.querySelector('[data-tidy]'));
  tidy.hidden = false;
  tidy.addEventListener('click', () => {
    const wrong = jsonError(editor.value);
    if (wrong === '') editor.value = indented(editor.value, INDENTED_DEPTH);
    say(editor, wrong);
  });
  // A half-written word is no mistake: until the editor is left, typing only updates a problem that is shown already.
  editor.addEventListener('input', () => problem.textContent !== '' && say(editor, jsonError(editor.value)));
  editor.addEventListener('change', () => say(editor, jsonError(editor.value)));
  editor.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const button = /** @type {HTMLButtonElement} */ (form.querySelector('[type="submit"]'));
    // The keyboard submits past a disabled button.
    if (button.disabled) return;
    button.disabled = true;
    try {
      await send(editor);
    } catch {
      say(editor, 'The server can not be reached. What you wrote is still here.');
    } finally {
      button.disabled = false;
    }
  });
  const use = /** @type {HTMLElement} */ (document.querySelector('[data-use-pattern]'));
  use.hidden = false;
  use.addEventListener('click', () => {
    editor.value = document.querySelector('.pattern pre').textContent;
    say(editor, '');
    editor.focus();
  });
}

/**
 * Queries the event that was sent again until it is a row, for ten seconds at most.
 * @param {HTMLElement} item its trace
 * @param {number} [times] queries left
 */
async function follow(item, times = FOLLOW_TIMES) {
  if (times === 0 || Number(item.dataset.at) >= ROW) return;
  const answer = await fetch(address(`/api/events/${item.dataset.trace}`)).catch(() => undefined);
  if (answer?.ok) {
    /** @type {import('../../src/tracing/known-event.ts').KnownEvent} */
    const { hops } = await answer.json();
    const progress = progressOf(hops);
    if (progress === undefined) return;
    fillTrace(item, progress);
  }
  setTimeout(() => follow(item, times - 1), FOLLOW_EVERY_MS);
}

if (form !== null) edit(form);
const item = /** @type {HTMLElement | null} */ (document.querySelector('main [data-trace]'));
if (item !== null) follow(item);
