// The description of the API: opens the operation that a link names, and shows what a GET answers without leaving the
// page. Answers are shown as text, whatever they hold.

import { addressOf } from './api-address.js';
import { indented } from './indented.js';

const MOST_CHARACTERS = 50_000;

function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement) target.open = true;
}
addEventListener('hashchange', openTarget);
openTarget();

/** The address that a form asks for. @param {HTMLFormElement} form */
const askedBy = (form) =>
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

/** @param {string} text */
const pretty = (text) => {
  try {
    JSON.parse(text);
    return indented(text);
  } catch {
    return text;
  }
};

/**
 * Adds what a stream tells to the output, until it ends or is stopped.
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
  const response = await fetch(askedBy(form), { signal });
  const text = 'stream' in form.dataset ? undefined : await response.text();
  const ms = Math.round(performance.now() - started);
  const facts = [
    `${response.status} ${response.statusText}`,
    `${ms} ms`,
    response.headers.get('content-type'),
  ];
  const output = element('pre', '', text === undefined ? '' : pretty(text).slice(0, MOST_CHARACTERS));
  output.tabIndex = 0;
  output.setAttribute('aria-label', 'The answer');
  place.replaceChildren(element('p', 'made-of', facts.join(' · ')), output);
  if (text === undefined && response.body !== null) await read(response.body, output);
}

for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll('[data-try]'))) {
  form.hidden = false;
  const button = form.querySelector('button');
  const words = button.textContent;
  /** @type {AbortController | undefined} */
  let asking;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (asking !== undefined) {
      asking.abort();
      return;
    }
    asking = new AbortController();
    if ('stream' in form.dataset) button.textContent = 'Stop';
    try {
      await ask(form, asking.signal);
    } catch {
      const place = form.querySelector('[data-answer]');
      if (!asking.signal.aborted) place.replaceChildren(element('p', '', 'The server can not be reached.'));
    }
    button.textContent = words;
    asking = undefined;
  });
}
