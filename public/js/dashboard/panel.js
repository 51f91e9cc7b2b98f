// One panel of the dashboard: its states (loading, ready, empty, failed), its facts, its picture and its table. What
// the picture shows is the chart's own module's business: { url, facts, config, columns, reading, isEmpty, empty }.

import { address } from '../base.js';
import { clock, exact, plural } from './format.js';

const MOST_TABLE_ROWS = 500;
const isSample = document.querySelector('main').dataset.sample === 'true';

const element = (name, properties, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};

export class Panel {
  #root;
  #chart;
  #drawn;
  #loading;
  #view;

  constructor(id, view) {
    this.#root = document.getElementById(id);
    this.#view = view;
    this.#find('[data-table-switch]')?.addEventListener('click', () => this.#switchTable());
    window.addEventListener('theme', () => this.#redraw());
  }

  get root() {
    return this.#root;
  }

  /** Asks for `url` and shows the answer; a newer load overtakes an older one. */
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
      });
      const answer = await response.json();
      if (!response.ok) throw new Error(sentence(answer.error));
      this.show(answer);
    } catch (error) {
      if (!loading.signal.aborted) this.#fail(error, () => this.load(url));
    }
  }

  /** Shows an answer that is already here. */
  show(answer) {
    this.#drawn = answer;
    this.#sayFacts(answer);
    this.#view.drawHtml?.(this.#root, answer);
    const isEmpty = this.#view.isEmpty(answer);
    this.#root.dataset.state = isEmpty ? 'empty' : 'ready';
    if (isEmpty) this.#say(...this.#view.empty(answer));
    else this.#draw(answer);
    this.#find('[data-reading]').textContent = isEmpty ? '' : this.#view.reading(answer);
  }

  /** Shows what it shows anew: what lies behind it has changed. */
  again() {
    if (this.#drawn !== undefined) this.show(this.#drawn);
  }

  /** Where these numbers are to be had as CSV and JSON. */
  linkTo(url) {
    const csv = new URL(address(url), location.href);
    csv.searchParams.set('format', 'csv');
    this.#find('[data-format="csv"]').href = csv.href;
    this.#find('[data-format="json"]').href = address(url);
  }

  #find(selector) {
    return this.#root.querySelector(selector);
  }

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
    this.#find('[data-facts]').replaceChildren(`· ${facts.filter(Boolean).join(' · ')} `, ...sample);
  }

  #draw(answer) {
    const table = this.#find('[data-table]');
    if (this.#view.columns && !table.hidden) table.replaceChildren(this.#table(answer));
    if (!this.#view.config) return;
    const config = this.#view.config(answer);
    if (this.#chart === undefined || this.#chart.config.type !== config.type) {
      this.#chart?.destroy();
      // Only what changes moves: the first drawing stands at once.
      const still = { ...config, options: { ...config.options, animation: false } };
      this.#chart = new window.Chart(this.#find('canvas'), still);
      return;
    }
    // The dataset objects stay, as Chart.js moves what it knows and draws the rest from nothing.
    const { datasets } = this.#chart.data;
    datasets.length = Math.min(datasets.length, config.data.datasets.length);
    for (const [index, dataset] of config.data.datasets.entries()) {
      datasets[index] = Object.assign(datasets[index] ?? {}, dataset);
    }
    this.#chart.data.labels = config.data.labels;
    this.#chart.options = config.options;
    this.#chart.update();
  }

  #redraw() {
    this.#chart?.destroy();
    this.#chart = undefined;
    if (this.#root.dataset.state === 'ready') this.#draw(this.#drawn);
  }

  #switchTable() {
    const table = this.#find('[data-table]');
    table.hidden = !table.hidden;
    this.#find('canvas').hidden = !table.hidden;
    this.#find('[data-table-switch]').setAttribute('aria-pressed', String(!table.hidden));
    if (!table.hidden && this.#root.dataset.state === 'ready')
      table.replaceChildren(this.#table(this.#drawn));
  }

  #table(answer) {
    const { columns, tableRows = ({ rows }) => rows } = this.#view;
    const rows = tableRows(answer);
    const head = element('tr', {}, ...columns.map(([name]) => element('th', { scope: 'col' }, name)));
    const body = rows.slice(0, MOST_TABLE_ROWS).map((row) => {
      const cells = columns.map(([, value], n) => element(n === 0 ? 'th' : 'td', {}, value(row)));
      cells[0].scope = 'row';
      return element('tr', {}, ...cells);
    });
    const table = element('table', {}, element('thead', {}, head), element('tbody', {}, ...body));
    if (rows.length <= MOST_TABLE_ROWS) return table;
    const words = `The first ${MOST_TABLE_ROWS} of ${exact(rows.length)} rows; CSV and JSON have them all.`;
    table.prepend(element('caption', {}, words));
    return table;
  }

  #fail(error, again) {
    const retry = element(
      'button',
      { className: 'button quiet', type: 'button', onclick: again },
      'Try again',
    );
    // A chart that was drawn stays: old numbers with their time beside them are better than none.
    if (this.#drawn !== undefined && this.#root.dataset.state === 'ready') {
      this.#find('[data-facts]').append(' · could not be brought up to date ');
      return;
    }
    this.#root.dataset.state = 'failed';
    this.#say('These numbers could not be had', error.message, retry);
  }

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

/** A command, with a button that copies it where the browser lets pages do so. */
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
