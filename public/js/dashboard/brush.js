// Chooses a range of days on a chart: by a drag, or by its two handles with the keyboard (arrow keys a day, page keys a
// week, Enter takes the choice, Escape drops it, and without a choice returns to the range before the first one taken).

import { midnight } from './axes.js';
import { dayPlus, span, weekday } from './numbers.js';
import { clamp, moved } from './ranges.js';

const DAY_MS = 86_400_000;
const LEAST_DRAG_PX = 6;

export class Brush {
  #plot;
  #band;
  #handles;
  #choose;
  #back;
  /** @type {import('chart.js').Chart | undefined} */
  #chart;
  /** First day shown. */
  #from = '';
  /** Number of days shown. */
  #days = 0;
  /** Undefined while nothing is being chosen. @type {import('./ranges.js').Days | undefined} */
  #chosen;
  /** @type {{ x: number, index: number } | undefined} */
  #dragFrom;
  /** The range before the first one that was taken. @type {{ from: string, to: string } | undefined} */
  #before;

  /** @param {HTMLElement} root the panel  @param {(from: string, to: string) => void} choose ISO days, `to` excluded */
  constructor(root, choose) {
    this.#plot = root.querySelector('[data-plot]');
    this.#band = root.querySelector('[data-brush]');
    this.#handles = [...this.#band.querySelectorAll('button')];
    this.#back = root.querySelector('[data-brush-back]');
    this.#choose = choose;
    const canvas = this.#plot.querySelector('canvas');
    canvas.addEventListener('pointerdown', (event) => this.#press(event));
    canvas.addEventListener('pointermove', (event) => this.#drag(event));
    canvas.addEventListener('pointerup', () => this.#release());
    canvas.addEventListener('pointercancel', () => this.#drop());
    this.#band.addEventListener('keydown', (event) => this.#key(event));
    this.#back.addEventListener('click', () => this.#goBack());
  }

  /**
   * Lays the brush over a chart of these days. A chart keeps the plugin of its first drawing: later ranges reach it through
   * the brush alone.
   * @param {{ from: string, to: string }} range ISO days, `to` excluded
   * @returns {import('./axes.js').Plugin}
   */
  plugin({ from, to }) {
    const days = Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
    if (from !== this.#from || days !== this.#days) this.#chosen = undefined;
    [this.#from, this.#days] = [from, days];
    return {
      id: 'brush',
      afterLayout: (chart) => {
        this.#chart = chart;
        this.#paint();
      },
    };
  }

  /** @param {import('chart.js').Chart} chart  @param {PointerEvent} event */
  #indexAt({ canvas, scales }, event) {
    const x = event.clientX - canvas.getBoundingClientRect().left;
    const ms = (scales.x?.getValueForPixel(x) ?? 0) - midnight(this.#from);
    return clamp(Math.round(ms / DAY_MS), 0, this.#days - 1);
  }

  /** @param {PointerEvent} event */
  #press(event) {
    if (event.button !== 0 || this.#chart === undefined) return;
    this.#drop();
    this.#dragFrom = { x: event.clientX, index: this.#indexAt(this.#chart, event) };
    /** @type {Element} */ (event.target).setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event */
  #drag(event) {
    if (this.#dragFrom === undefined || this.#chart === undefined) return;
    const { x, index } = this.#dragFrom;
    if (this.#chosen === undefined && Math.abs(event.clientX - x) < LEAST_DRAG_PX) return;
    const other = this.#indexAt(this.#chart, event);
    this.#chosen = [Math.min(index, other), Math.max(index, other)];
    this.#paint();
  }

  #release() {
    if (this.#dragFrom !== undefined && this.#chosen !== undefined) this.#take();
    this.#dragFrom = undefined;
  }

  #drop() {
    this.#dragFrom = undefined;
    this.#chosen = undefined;
    this.#paint();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const isFirst = event.target === this.#handles[0];
    const next = moved(this.#chosen ?? [0, this.#days - 1], isFirst, event.key, this.#days);
    if (next !== undefined) {
      this.#chosen = next;
      this.#paint();
    } else if (event.key === 'Enter' && this.#chosen !== undefined) this.#take();
    else if (event.key === 'Escape' && this.#chosen !== undefined) this.#drop();
    else if (event.key === 'Escape') this.#goBack();
    else return;
    event.preventDefault();
  }

  #take() {
    if (this.#chosen === undefined) return;
    const [first, last] = this.#chosen;
    this.#chosen = undefined;
    this.#before ??= { from: this.#from, to: dayPlus(this.#from, this.#days) };
    this.#back.textContent = `Back to ${span(this.#before.from, this.#before.to)}`;
    this.#back.hidden = false;
    this.#choose(dayPlus(this.#from, first), dayPlus(this.#from, last + 1));
  }

  #goBack() {
    if (this.#before === undefined) return;
    const { from, to } = this.#before;
    this.#before = undefined;
    this.#back.hidden = true;
    this.#choose(from, to);
    this.#handles[0]?.focus();
  }

  /** The band over the chosen days, its handles at its ends. */
  #paint() {
    const { chartArea: area, scales: { x } = {} } = this.#chart ?? {};
    if (area === undefined || x === undefined) return;
    const [first, last] = this.#chosen ?? [0, this.#days - 1];
    /** @param {number} index */
    const at = (index) => x.getPixelForValue(midnight(dayPlus(this.#from, index)));
    const half = this.#days > 1 ? (at(1) - at(0)) / 2 : area.width / 2;
    const [left, right] = [Math.max(area.left, at(first) - half), Math.min(area.right, at(last) + half)];
    Object.assign(this.#band.style, {
      insetInlineStart: `${left}px`,
      insetBlockStart: `${area.top}px`,
      inlineSize: `${right - left}px`,
      blockSize: `${area.height}px`,
    });
    this.#band.dataset.chosen = String(this.#chosen !== undefined);
    for (const [n, handle] of this.#handles.entries()) {
      const index = n === 0 ? first : last;
      handle.setAttribute('aria-valuemin', String(n === 0 ? 0 : first));
      handle.setAttribute('aria-valuemax', String(n === 0 ? last : this.#days - 1));
      handle.setAttribute('aria-valuenow', String(index));
      handle.setAttribute('aria-valuetext', weekday(dayPlus(this.#from, index)));
    }
  }
}
