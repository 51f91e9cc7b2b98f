// One rejected message: what is wrong with the edited JSON is said while typing, what the server says comes without a
// reload, and the event that was sent in its place is followed to its row. The form works without any of this.

import { address } from './base.js';
import { indented } from './indented.js';
import { messageOf } from './message-of.js';
import { fillTrace } from './trace.js';
import { progressOf } from './trace-facts.js';

const FOLLOW_EVERY_MS = 250;
const FOLLOW_TIMES = 40;
const INDENTED_DEPTH = 16;

const id = document.querySelector('main').dataset.deadLetter;
const form = /** @type {FormWith<'event'> | null} */ (document.querySelector('[data-editor]'));
const problem = document.querySelector('[data-problem]');

/** @param {HTMLInputElement} editor  @param {string} words */
function say(editor, words) {
  problem.textContent = words;
  editor.toggleAttribute('aria-invalid', words !== '');
  if (words !== '') editor.setAttribute('aria-invalid', 'true');
}

/** What JSON.parse says of the text; empty where it is fine. @param {string} text */
function fault(text) {
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
    const wrong = fault(editor.value);
    if (wrong === '') editor.value = indented(editor.value, INDENTED_DEPTH);
    say(editor, wrong);
  });
  // Only what was wrong is told again while typing: a half-written word is no mistake.
  editor.addEventListener('input', () => problem.textContent !== '' && say(editor, fault(editor.value)));
  editor.addEventListener('change', () => say(editor, fault(editor.value)));
  editor.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const button = /** @type {HTMLButtonElement} */ (form.querySelector('[type="submit"]'));
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
 * Asks for the event that was sent again until it is a row.
 * @param {HTMLElement} item
 */
async function follow(item, times = FOLLOW_TIMES) {
  if (times === 0 || Number(item.dataset.at) >= 2) return;
  const answer = await fetch(address(`/api/events/${item.dataset.trace}`));
  if (answer.ok) {
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
