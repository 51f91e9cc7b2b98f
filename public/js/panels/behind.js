// "What is in this bar?": a click on a bar lists exactly the rows that its number counts.

import { askJson } from '../ask-json.js';
import { address } from '../base.js';
import { clock, moment } from '../dashboard/format.js';
import { messageOf } from '../message-of.js';
import { element } from './bars.js';

const dialog = /** @type {HTMLDialogElement} */ (document.querySelector('[data-behind]'));
/** @param {string} name */
const part = (name) => dialog.querySelector(`[data-behind-${name}]`);
const [title, head, body] = [part('title'), part('head'), part('rows')];

/** By field of any panel's rows: the column's heading, and the text of a value. @type {Readonly<Record<string, [head: string, text: (value: string) => string]>>} */
const COLUMNS = {
  started_at: ['Began', (value) => moment(value)],
  ended_at: ['Last event', (value) => clock(value)],
  events: ['Events', String],
  time: ['Time', (value) => moment(value)],
  title: ['What', (value) => value.replace('_', ' ')],
  product: ['Category', (value) => value.replace('_', ' ')],
  item: ['Item', (value) => value ?? ''],
  simulated: ['Simulated', (value) => (value ? 'yes' : 'no')],
  user_id: ['Visitor', (value) => value.slice(0, 8)],
  order_id: ['Event', (value) => value.slice(0, 8)],
};

/** @param {string} name  @param {string} text  @param {string} value */
function cell(name, text, value) {
  if (name !== 'order_id') return element('td', '', text);
  const link = element('a', '', text);
  link.setAttribute('href', address(`/events/${value}`));
  return element('td', '', link);
}

/** The newest question: an older one may be answered later. */
let asked = '';

/** @param {string} words what the bar says  @param {string} url of its rows */
export async function showBehind(words, url) {
  title.textContent = words;
  head.replaceChildren();
  body.replaceChildren(element('tr', '', element('td', '', 'Loading …')));
  dialog.showModal();
  asked = url;
  try {
    /** @type {{ rows: readonly Readonly<Record<string, string>>[] }} */
    const { rows } = await askJson(url);
    if (asked !== url) return;
    const [first = {}] = rows;
    const columns = Object.entries(COLUMNS).filter(([name]) => name in first);
    const heads = columns.map(([, [words]]) => element('th', '', words));
    for (const one of heads) one.setAttribute('scope', 'col');
    head.replaceChildren(element('tr', '', ...heads));
    title.textContent = `${words}: ${rows.length} ${rows.length === 1 ? 'row' : 'rows'}`;
    body.replaceChildren(
      ...rows.map((row) =>
        element(
          'tr',
          '',
          ...columns.map(([name, [, textOf]]) => cell(name, textOf(row[name] ?? ''), row[name] ?? '')),
        ),
      ),
    );
  } catch (error) {
    if (asked !== url) return;
    body.replaceChildren(element('tr', '', element('td', '', `That could not be read: ${messageOf(error)}`)));
  }
}
