// The form of a definition: adds and removes rows without a reload, shows what is wrong beside each box, and previews while
// somebody types. The server does the work, from the posted form; without this script each button reloads the page.

import { address } from '../base.js';

const TYPING_MS = 350;
const FILE_BYTES = 500_000;

const form = /** @type {HTMLFormElement} */ (document.querySelector('[data-definition]'));
const preview = /** @type {HTMLElement} */ (document.querySelector('[data-preview]'));
const picker = /** @type {HTMLElement} */ (document.querySelector('[data-file]'));
/** Names of the boxes that somebody has left: an empty box is no mistake before. @type {Set<string>} */
const touched = new Set();
/** The file that is previewed instead of the topic. @type {{ file_name: string, file_text: string } | undefined} */
let file;
/** Until something is changed, the problems of a refused save stay: a preview does not find all of them. */
let isChanged = false;
/** @type {Timer | undefined} */
let typing;
/** Number of previews and of offers that were asked for: only the answer to the newest is shown. */
const asked = { preview: 0, offer: 0 };
/** Rows are added and removed one after another, as each answer is the whole form. */
let changes = Promise.resolve();

/** @param {string} html */
const read = (html) => new DOMParser().parseFromString(html, 'text/html');

/** @param {string} url  @param {Readonly<Record<string, string>>} more fields beside those of the form */
function post(url, more) {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) body.set(name, String(value));
  for (const [name, value] of Object.entries(more)) body.set(name, value);
  return fetch(url, { method: 'POST', body });
}

/** Shows what is wrong with a box; '' where nothing is. @param {string} name  @param {string} words */
function say(name, words) {
  const place = form.querySelector(`[data-problem-of="${CSS.escape(name)}"]`);
  if (place === null) return;
  place.textContent = words;
  const box = /** @type {Element | null} */ (form.elements.namedItem(name));
  if (words === '') box?.removeAttribute('aria-invalid');
  else box?.setAttribute('aria-invalid', 'true');
}

/** Shows the problems of the boxes that were left. @param {Iterable<HTMLElement>} list one element for each problem */
function sayAll(list) {
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const { dataset, textContent } of list) {
    const { field = '' } = dataset;
    const before = found.get(field);
    found.set(field, before === undefined ? (textContent ?? '') : `${before}; ${textContent}`);
  }
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll('[data-problem-of]'))) {
    const { problemOf: name = '' } = place.dataset;
    if (name !== 'text') say(name, touched.has(name) ? (found.get(name) ?? '') : '');
  }
  form.querySelector('.summary')?.remove();
}

function sayAway() {
  preview.textContent = 'The shop does not answer. What you have typed is still here.';
}

/** Previews the form as it is. */
async function look() {
  clearTimeout(typing);
  asked.preview += 1;
  const mine = asked.preview;
  preview.setAttribute('aria-busy', 'true');
  try {
    const answer = await post(address('/aggregator/preview'), file ?? {});
    const html = answer.ok ? await answer.text() : undefined;
    if (mine !== asked.preview) return;
    if (html === undefined) {
      preview.textContent = 'There is no preview at the moment.';
      return;
    }
    const { body } = read(html);
    if (isChanged) sayAll(body.querySelectorAll('[data-problems] li'));
    preview.replaceChildren(...body.childNodes);
  } catch {
    if (mine === asked.preview) sayAway();
  } finally {
    if (mine === asked.preview) preview.setAttribute('aria-busy', 'false');
  }
}

function lookSoon() {
  isChanged = true;
  clearTimeout(typing);
  typing = setTimeout(look, TYPING_MS);
}

/** Brings up to date what the boxes offer, once the topic or an output has changed. While the shop is away, names are typed. */
async function offer() {
  asked.offer += 1;
  const mine = asked.offer;
  const answer = await post(form.action, { do: 'fields' }).catch(() => undefined);
  if (!answer?.ok || mine !== asked.offer) return;
  const page = read(await answer.text());
  for (const list of page.querySelectorAll('datalist'))
    document.getElementById(list.id)?.replaceChildren(...list.children);
  const words = page.querySelector('[data-fields-words]');
  document.querySelector('[data-fields-words]').textContent = words?.textContent ?? '';
}

const typedSoFar = () =>
  JSON.stringify([...new FormData(form)].map(([name, value]) => [name, String(value)]));

/**
 * The form as the server makes it of what is typed, asked for again where more was typed meanwhile.
 * @param {string} wanted value of the button
 * @throws {Error} where the shop answers with an error
 */
async function changed(wanted) {
  for (;;) {
    const sent = typedSoFar();
    const answer = await post(form.action, { do: wanted });
    // A definition that was deleted meanwhile has no form.
    if (!answer.ok && answer.status !== 404) throw new Error(answer.statusText);
    const next = read(await answer.text()).querySelector('[data-definition]');
    if (next === null || typedSoFar() === sent) return next;
  }
}

/** Adds or removes a row, or fills the form from a text. @param {string} wanted value of the button */
async function change(wanted) {
  const next = await changed(wanted);
  if (next === null) {
    location.reload();
    return;
  }
  const isOpen = form.querySelector('details')?.open === true;
  const cursor = form.contains(document.activeElement) ? document.activeElement : null;
  form.replaceChildren(...next.childNodes);
  isChanged = true;
  if (isOpen) form.querySelector('details')?.setAttribute('open', '');
  look();
  if (cursor instanceof HTMLInputElement) {
    const box = /** @type {HTMLInputElement | null} */ (form.elements.namedItem(cursor.name));
    box?.focus();
    if (cursor.selectionStart !== null) box?.setSelectionRange(cursor.selectionStart, cursor.selectionEnd);
    return;
  }
  const [, kind] = /^(?:add|remove)-([a-z]+)/.exec(wanted) ?? [];
  const rows = kind === undefined ? [] : [...form.querySelectorAll(`[data-row="${kind}"]`)];
  const box = rows.at(-1)?.querySelector('input, select') ?? form.querySelector(`[value="add-${kind}"]`);
  /** @type {HTMLElement | null} */ (box)?.focus();
}

form.addEventListener('click', (event) => {
  const button = /** @type {HTMLButtonElement | null} */ (
    /** @type {Element} */ (event.target).closest('button[name="do"]')
  );
  if (button === null || button.value === 'save') return;
  event.preventDefault();
  if (button.value === 'preview') look();
  else if (button.value === 'fields') offer();
  else changes = changes.then(() => change(button.value)).catch(sayAway);
});
/** @param {Event} event */
const nameOf = ({ target }) => /** @type {HTMLInputElement} */ (target).name;

form.addEventListener('focusout', (event) => {
  if (nameOf(event)) touched.add(nameOf(event));
});
form.addEventListener('input', (event) => {
  if (nameOf(event) !== 'text') lookSoon();
});
form.addEventListener('change', (event) => {
  const name = nameOf(event);
  touched.add(name);
  if (name === 'topic' || name.startsWith('aggregate.')) offer();
  if (name !== 'text') lookSoon();
});

/** The beginning of a file, without the line that it is cut in. @param {File} chosen */
async function beginningOf(chosen) {
  const text = await chosen.slice(0, FILE_BYTES).text();
  return chosen.size <= FILE_BYTES ? text : text.slice(0, text.lastIndexOf('\n') + 1);
}

/** Previews a file instead of the topic; undefined: the topic again. @param {File | undefined} chosen */
async function take(chosen) {
  file = chosen === undefined ? undefined : { file_name: chosen.name, file_text: await beginningOf(chosen) };
  look();
}

picker.hidden = false;
const input = /** @type {HTMLInputElement} */ (picker.querySelector('input'));
input.addEventListener('change', () => take(input.files?.[0]));
/** A dragged text is for the box that it is dropped on. @param {DragEvent} event */
const hasFile = ({ dataTransfer }) => dataTransfer?.types.includes('Files') === true;
addEventListener('dragover', (event) => {
  if (hasFile(event)) event.preventDefault();
});
addEventListener('drop', (event) => {
  if (!hasFile(event)) return;
  event.preventDefault();
  const [dropped] = event.dataTransfer?.files ?? [];
  if (dropped !== undefined) take(dropped);
});

for (const box of form.querySelectorAll('[aria-invalid]')) touched.add(box.id);
if (/** @type {HTMLInputElement} */ (form.elements.namedItem('version')).value !== '') look();
