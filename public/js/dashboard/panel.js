// One panel of the dashboard: its states (loading, ready, empty, failed), its facts, its picture and its table. What they say
// and show comes from the module of its chart, a View.

import { address } from '../base.js';
import { messageOf } from '../message-of.js';
import { clock, exact, plural } from './format.js';

/** @typedef {import('chart.js').ChartConfiguration} Config */
/** @typedef {{ as_of: string, time_zone?: string, rows?: number, total?: number }} Meta of every answer */

/**
 * What a chart's module says of its panel.
 * @template {{ rows: readonly object[], meta: Meta }} Answer
 * @template [Row=Answer['rows'][number]]
 * @typedef {object} View
 * @property {boolean} [isLive]
 * @property {(meta: Answer['meta']) => [one: string, many?: string]} [unit] of the total; left out = event
 * @property {(meta: Answer['meta']) => string} [facts]
 * @property {(answer: Answer) => boolean} isEmpty
 * @property {(answer: Answer) => [title: string, text: string, ...commands: string[]]} [empty]
 * @property {(answer: Answer) => string} reading
 * @property {(root: HTMLElement, answer: Answer) => void} [drawHtml]
 * @property {(answer: Answer) => Config} [config]
 * @property {readonly [name: string, text: (row: Row) => string][]} [columns]
 * @property {(answer: Answer) => readonly Row[]} [tableRows] left out = those of the answer
 */

const MOST_TABLE_ROWS = 500;
const isSample = document.querySelector('main').dataset.sample === 'true';

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} name
 * @param {Partial<HTMLElementTagNameMap[Tag]>} properties
 * @param {(string | Node)[]} children
 */
const element = (name, properties, ...children) => {
  const made = document.createElement(name);
  Object.assign(made, properties);
  made.append(...children);
  return made;
};

/**
 * @template {{ rows: readonly object[], meta: Meta }} Answer
 * @template [Row=Answer['rows'][number]]
 */
export class Panel {
  #root;
  /** @type {import('chart.js').Chart | undefined} */
  #chart;
  /** Of the chart. @type {Config['type'] | undefined} */
  #type;
  /** @type {Answer | undefined} */
  #drawn;
  /** @type {AbortController | undefined} */
  #loading;
  #view;

  /** @param {string} id of its element  @param {View<Answer, Row>} view */
  constructor(id, view) {
    this.#root = document.getElementById(id);
    this.#view = view;
    this.#find('[data-table-switch]')?.addEventListener('click', () => this.#switchTable());
    window.addEventListener('theme', () => this.#redraw());
  }

  get root() {
    return this.#root;
  }

  /** Asks for `url` and shows the answer; a newer load overtakes an older one. @param {string} url */
  async load(url) {
    this.#loading?.abort();
    const loading = new AbortController();
    this.#loading = loading;
    this.linkTo(url);
    if (this.#drawn === undefined) this.#root.dataset.state = 'loading';
    try {
      const response = await fetch(address(url), {
        signal: loading.signal,
        headers: { Accept: 'application/json' },
      }).catch(() => {
        throw new Error('The server can not be reached.');
      });
      // A proxy in front of the shop answers with a page of its own.
      const answer = await response.json().catch(() => ({}));
      if (!response.ok || answer.rows === undefined) throw new Error(sentence(answer.error));
      this.show(answer);
    } catch (error) {
      if (!loading.signal.aborted) this.#fail(error, () => this.load(url));
    }
  }

  /** Shows an answer that is already here. @param {Answer} answer */
  show(answer) {
    this.#drawn = answer;
    this.#sayFacts(answer);
    this.#view.drawHtml?.(this.#root, answer);
    const isEmpty = this.#view.isEmpty(answer);
    this.#root.dataset.state = isEmpty ? 'empty' : 'ready';
    const words = isEmpty ? this.#view.empty?.(answer) : undefined;
    if (words === undefined) this.#draw(answer);
    else this.#say(...words);
    this.#find('[data-reading]').textContent = isEmpty ? '' : this.#view.reading(answer);
  }

  /** Draws the last answer again, as what is drawn beside it has changed. */
  again() {
    if (this.#drawn !== undefined) this.show(this.#drawn);
  }

  /** Links the numbers as CSV and JSON. @param {string} url path and query of the API */
  linkTo(url) {
    const csv = new URL(address(url), location.href);
    csv.searchParams.set('format', 'csv');
    for (const [format, href] of Object.entries({ csv: csv.href, json: address(url) }))
      this.#find(`[data-format="${format}"]`).setAttribute('href', href);
  }

  get #canvas() {
    return this.#root.querySelector('canvas');
  }

  /** @param {string} selector */
  #find(selector) {
    return this.#root.querySelector(selector);
  }

  /** @param {Answer} answer */
  #sayFacts({ rows, meta }) {
    const facts = [
      this.#view.facts?.(meta),
      plural(meta.rows ?? rows.length, 'row'),
      meta.total === undefined
        ? ''
        : `${plural(meta.total, ...(this.#view.unit?.(meta) ?? ['event']))} in all`,
      meta.time_zone,
      `as of ${clock(meta.as_of)}`,
    ];
    const sample =
      isSample && !this.#view.isLive ? [element('strong', { className: 'badge' }, 'Sample')] : [];
    const place = this.#find('[data-facts]');
    const lead = place.previousElementSibling === null ? '' : '· ';
    place.replaceChildren(`${lead}${facts.filter(Boolean).join(' · ')} `, ...sample);
  }

  /** @param {Answer} answer */
  #draw(answer) {
    const table = this.#find('[data-table]');
    if (this.#view.columns && !table.hidden) table.replaceChildren(this.#table(answer));
    if (!this.#view.config) return;
    const config = this.#view.config(answer);
    if (this.#chart === undefined || this.#type !== config.type) {
      this.#chart?.destroy();
      // Only what changes moves: the first drawing stands at once.
      /** @type {Config} */
      const still = { ...config, options: { ...config.options, animation: false } };
      this.#chart = new window.Chart(this.#canvas, still);
      this.#type = config.type;
      return;
    }
    // The dataset objects stay, as Chart.js moves what it knows and draws the rest from nothing.
    const { datasets } = this.#chart.data;
    datasets.length = Math.min(datasets.length, config.data.datasets.length);
    for (const [index, dataset] of config.data.datasets.entries()) {
      datasets[index] = Object.assign(datasets[index] ?? {}, dataset);
    }
    this.#chart.data.labels = config.data.labels ?? [];
    this.#chart.options = config.options ?? {};
    this.#chart.update();
  }

  #redraw() {
    this.#chart?.destroy();
    this.#chart = undefined;
    if (this.#drawn !== undefined && this.#root.dataset.state === 'ready') this.#draw(this.#drawn);
  }

  #switchTable() {
    const table = this.#find('[data-table]');
    table.hidden = !table.hidden;
    this.#canvas.hidden = !table.hidden;
    this.#find('[data-table-switch]').setAttribute('aria-pressed', String(!table.hidden));
    if (!table.hidden && this.#drawn !== undefined && this.#root.dataset.state === 'ready')
      table.replaceChildren(this.#table(this.#drawn));
  }

  /** @param {Answer} answer */
  #table(answer) {
    const { columns = [], tableRows } = this.#view;
    const rows = tableRows?.(answer) ?? /** @type {readonly Row[]} */ (answer.rows);
    const head = element('tr', {}, ...columns.map(([name]) => element('th', { scope: 'col' }, name)));
    const body = rows.slice(0, MOST_TABLE_ROWS).map((row) => {
      const cells = columns.map(([, value], n) =>
        n === 0 ? element('th', { scope: 'row' }, value(row)) : element('td', {}, value(row)),
      );
      return element('tr', {}, ...cells);
    });
    const table = element('table', {}, element('thead', {}, head), element('tbody', {}, ...body));
    if (rows.length <= MOST_TABLE_ROWS) return table;
    const words = `The first ${MOST_TABLE_ROWS} of ${exact(rows.length)} rows; CSV and JSON have them all.`;
    table.prepend(element('caption', {}, words));
    return table;
  }

  /** @param {unknown} error  @param {() => void} again */
  #fail(error, again) {
    const retry = element(
      'button',
      { className: 'button quiet', type: 'button', onclick: again },
      'Try again',
    );
    // A chart that was drawn stays: old numbers, beside their time, are better than none.
    if (this.#drawn !== undefined && this.#root.dataset.state === 'ready') {
      this.#find('[data-facts]').append(' · could not be brought up to date ');
      return;
    }
    this.#root.dataset.state = 'failed';
    this.#say('These numbers could not be loaded', messageOf(error), retry);
  }

  /** @param {string} title  @param {string} text  @param {(string | Node)[]} more */
  #say(title, text, ...more) {
    const parts = more.map((part) => (typeof part === 'string' ? command(part) : part));
    this.#find('[data-message]').replaceChildren(
      element('p', {}, element('strong', {}, title)),
      element('p', {}, text),
      ...parts,
    );
  }
}

/** What the API says of a wrong request, as one sentence. */
/** @param {{ message?: string, received?: string, expected?: string }} [error] */
function sentence({ message, received, expected } = {}) {
  const came = received ? `; received ${received}` : '';
  return `${message ?? 'The server said nothing more'}${came}${expected ? `, expected ${expected}` : ''}.`;
}

/** A command, with a button that copies it where the browser lets pages do so. @param {string} text */
function command(text) {
  const line = element('p', { className: 'command' }, element('code', {}, text));
  if (navigator.clipboard === undefined) return line;
  const copy = element('button', { className: 'small-button', type: 'button' }, 'Copy');
  copy.addEventListener('click', async () => {
    const copied = await navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
    copy.textContent = copied ? 'Copied' : 'Not allowed';
  });
  line.append(copy);
  return line;
}
