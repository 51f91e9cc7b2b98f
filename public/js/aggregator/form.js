// The form of a definition: rows come and go without a reload, what is wrong is said beside its box, and the preview goes
// with the typing. The server does all of it, from the same form; without this script its buttons do, by a reload each.

import { address } from '../base.js';

const TYPING_MS = 350;
const FILE_BYTES = 500_000;

const form = document.querySelector('[data-definition]');
const preview = document.querySelector('[data-preview]');
const picker = document.querySelector('[data-file]');
/** Boxes that somebody has been at: a box that nobody has come to yet is no mistake. */
const touched = new Set();
let file;
let typing;
let asked = 0;

const read = (html) => new DOMParser().parseFromString(html, 'text/html');

function post(url, more) {
  const body = new URLSearchParams(new FormData(form));
  for (const [name, value] of Object.entries(more)) body.set(name, value);
  return fetch(url, { method: 'POST', body });
}

/** Says what is wrong with a box; nothing where it is right. */
function say(name, words) {
  const place = form.querySelector(`[data-problem-of="${CSS.escape(name)}"]`);
  if (place === null) return;
  place.textContent = words;
  const box = form.elements[name];
  if (words === '') box?.removeAttribute?.('aria-invalid');
  else box?.setAttribute?.('aria-invalid', 'true');
}

function sayAll(list) {
  const found = new Map();
  for (const { dataset, textContent } of list) {
    const before = found.get(dataset.field);
    found.set(dataset.field, before === undefined ? textContent : `${before}; ${textContent}`);
  }
  for (const place of form.querySelectorAll('[data-problem-of]')) {
    const name = place.dataset.problemOf;
    if (name !== 'text') say(name, touched.has(name) ? (found.get(name) ?? '') : '');
  }
  form.querySelector('.summary')?.remove();
}

async function look() {
  clearTimeout(typing);
  asked += 1;
  const mine = asked;
  preview.setAttribute('aria-busy', 'true');
  try {
    const answer = await post(address('/aggregator/preview'), file ?? {});
    const html = answer.ok ? await answer.text() : undefined;
    if (mine !== asked) return;
    if (html === undefined) {
      preview.textContent = 'There is no preview at the moment.';
      return;
    }
    const { body } = read(html);
    sayAll(body.querySelectorAll('[data-problems] li'));
    preview.replaceChildren(...body.childNodes);
  } catch {
    preview.textContent = 'The shop does not answer. What you have typed is still here.';
  } finally {
    if (mine === asked) preview.setAttribute('aria-busy', 'false');
  }
}

function lookSoon() {
  clearTimeout(typing);
  typing = setTimeout(look, TYPING_MS);
}

/** What the boxes offer, once the topic or an output has changed. */
async function offer() {
  const answer = await post(form.action, { do: 'fields' });
  if (!answer.ok) return;
  const page = read(await answer.text());
  for (const list of page.querySelectorAll('datalist'))
    document.getElementById(list.id)?.replaceChildren(...list.children);
  const words = page.querySelector('[data-fields-words]');
  document.querySelector('[data-fields-words]').textContent = words?.textContent ?? '';
}

/** Adds or removes a row, or fills the form from a text. */
async function change(wanted) {
  const answer = await post(form.action, { do: wanted });
  const next = read(await answer.text()).querySelector('[data-definition]');
  if (next === null) {
    location.reload();
    return;
  }
  const open = form.querySelector('details')?.open;
  form.replaceChildren(...next.childNodes);
  if (open && form.querySelector('details')) form.querySelector('details').open = true;
  const [, kind] = /^(?:add|remove)-([a-z]+)/.exec(wanted) ?? [];
  const rows = kind === undefined ? [] : [...form.querySelectorAll(`[data-row="${kind}"]`)];
  const next_ = rows.at(-1)?.querySelector('input, select') ?? form.querySelector(`[value="add-${kind}"]`);
  next_?.focus();
  look();
}

form.addEventListener('click', (event) => {
  const button = event.target.closest('button[name="do"]');
  if (button === null || button.value === 'save') return;
  event.preventDefault();
  if (button.value === 'preview') look();
  else if (button.value === 'fields') offer();
  else change(button.value);
});
form.addEventListener('focusout', ({ target }) => {
  if (target.name) touched.add(target.name);
});
form.addEventListener('input', ({ target }) => {
  if (target.name !== 'text') lookSoon();
});
form.addEventListener('change', ({ target }) => {
  touched.add(target.name);
  if (target.name === 'topic' || target.name.startsWith('aggregate.')) offer();
  if (target.name !== 'text') lookSoon();
});

async function take(chosen) {
  file =
    chosen === undefined
      ? undefined
      : { file_name: chosen.name, file_text: await chosen.slice(0, FILE_BYTES).text() };
  look();
}

picker.hidden = false;
picker.querySelector('input').addEventListener('change', ({ target }) => take(target.files[0]));
addEventListener('dragover', (event) => event.preventDefault());
addEventListener('drop', (event) => {
  event.preventDefault();
  const [dropped] = event.dataTransfer.files;
  if (dropped !== undefined) take(dropped);
});

for (const box of form.querySelectorAll('[aria-invalid]')) touched.add(box.name);
if (form.elements.version.value !== '') look();
