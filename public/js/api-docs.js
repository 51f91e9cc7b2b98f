// The documentation of the API: opens the operation that the address names, and sends a GET from its form. Answers are
// shown as text, whatever they hold.

import { addressOf } from './api-address.js';
import { exact } from './dashboard/numbers.js';
import { indented } from './indented.js';

const MOST_CHARACTERS = 50_000;

function openTarget() {
  // Ids of operations are plain ASCII: an encoded hash names none.
  const target = document.getElementById(location.hash.slice(1));
  if (target instanceof HTMLDetailsElement) target.open = true;
}
addEventListener('hashchange', openTarget);
openTarget();

/** The address of a form's request. @param {HTMLFormElement} form */
const requested = (form) =>
  addressOf(
    form.getAttribute('action') ?? '',
    [...new FormData(form)].map(([name, value]) => [name, String(value)]),
  );

/** @param {string} tag  @param {string} className  @param {string} text */
function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/** JSON indented, other text as it is. @param {string} text */
const pretty = (text) => {
  try {
    JSON.parse(text);
    return indented(text);
  } catch {
    return text;
  }
};

/**
 * Appends a stream to the output until it ends or is stopped; the output keeps the newest characters.
 * @param {ReadableStream<Uint8Array<ArrayBuffer>>} body
 * @param {HTMLElement} output
 */
async function read(body, output) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    output.textContent = (output.textContent + part.value).slice(-MOST_CHARACTERS);
    output.scrollTop = output.scrollHeight;
  }
}

/** @param {HTMLFormElement} form  @param {AbortSignal} signal */
async function ask(form, signal) {
  const place = form.querySelector('[data-answer]');
  const started = performance.now();
  const response = await fetch(requested(form), { signal });
  const text = 'stream' in form.dataset ? undefined : pretty(await response.text());
  const ms = Math.round(performance.now() - started);
  const facts = [
    `${response.status} ${response.statusText}`,
    `${ms} ms`,
    response.headers.get('content-type') ?? 'no type',
    ...(text !== undefined && text.length > MOST_CHARACTERS
      ? [`the first ${exact(MOST_CHARACTERS)} of ${exact(text.length)} characters`]
      : []),
  ];
  const output = element('pre', '', text?.slice(0, MOST_CHARACTERS) ?? '');
  output.tabIndex = 0;
  output.setAttribute('aria-label', 'The answer');
  place.querySelector('pre')?.remove();
  // A screen reader is read the facts, and not a whole answer.
  place.querySelector('[role="status"]').textContent = facts.join(' · ');
  place.append(output);
  if (text === undefined && response.body !== null) await read(response.body, output);
}

for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll('[data-try]'))) {
  form.hidden = false;
  const isStream = 'stream' in form.dataset;
  const button = form.querySelector('button');
  const words = button.textContent;
  /** @type {AbortController | undefined} */
  let asking;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    // A second press stops a stream, and replaces any other request.
    asking?.abort();
    if (asking !== undefined && isStream) return;
    const mine = new AbortController();
    asking = mine;
    if (isStream) button.textContent = 'Stop';
    try {
      await ask(form, mine.signal);
    } catch {
      if (!mine.signal.aborted) {
        form.querySelector('[data-answer] pre')?.remove();
        form.querySelector('[role="status"]').textContent = 'The server can not be reached.';
      }
    }
    if (asking !== mine) return;
    button.textContent = words;
    asking = undefined;
  });
}
