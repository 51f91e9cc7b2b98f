// The rows of a list that moves many times a second. All of them are in the document, for who reads by ear, by keyboard or by the
// browser's search; drawn anew each time are those in sight, and the others once a second, or when they are scrolled to. Those that
// are farther off than a box's height aren't laid out nor painted. A row's elements stay, and only texts that differ are set. Rows
// are of one height (css/live-lists.css): which are in sight is reckoned, as asking the browser would have it lay out the page in the
// middle of drawing.

import { drawSoon } from './frames.js';

const OTHERS_EVERY_MS = 1_000;

/** @template Value  @template Parts */
export class MovingRows {
  #body;
  #box;
  #make;
  #fill;
  /** @type {readonly Value[]} */
  #values = [];
  /** The parts of each row, and what it shows. @type {{ parts: Parts, shows: Value | undefined }[]} */
  #rows = [];
  #drawnAt = Number.NEGATIVE_INFINITY;
  /** @type {Timer | undefined} */
  #pending;
  /** Until it is known how high a row is, all are in sight. */
  #rowSize = 0;
  #boxSize = 0;
  /** Numbers of the rows in sight. */
  #sight = { from: 0, to: Number.POSITIVE_INFINITY };

  /**
   * @param {HTMLElement} body whose children are the rows, in a box that scrolls
   * @param {() => { row: HTMLElement, parts: Parts }} make an empty row
   * @param {(parts: Parts, value: Value) => void} fill
   */
  constructor(body, make, fill) {
    this.#body = body;
    this.#box = /** @type {HTMLElement} */ (body.closest('.live-table'));
    this.#make = make;
    this.#fill = fill;
    this.#box.addEventListener('scroll', () => this.#look(), { passive: true });
    // It calls back after layout, where reading a size costs none.
    const sizes = new ResizeObserver(() => {
      this.#rowSize = this.#body.firstElementChild?.getBoundingClientRect().height ?? 0;
      this.#boxSize = this.#box.clientHeight;
      this.#look();
    });
    sizes.observe(this.#box);
    sizes.observe(body);
  }

  /**
   * Shows these values, a row each.
   * @param {readonly Value[]} values
   * @param {boolean} [all] true: also out of sight at once, as nothing moves for now
   */
  show(values, all = false) {
    this.#values = values;
    const grows = values.length > this.#rows.length;
    for (const { row, parts } of Array.from({ length: values.length - this.#rows.length }, this.#make)) {
      this.#rows.push({ parts, shows: undefined });
      this.#body.append(row);
    }
    for (const _ of this.#rows.splice(values.length)) this.#body.lastElementChild?.remove();
    const wait = all || grows ? 0 : this.#drawnAt + OTHERS_EVERY_MS - performance.now();
    if (wait <= 0) this.#drawAll();
    else {
      this.#drawInSight();
      this.#pending ??= setTimeout(() => drawSoon(() => this.#drawAll()), wait);
    }
  }

  #look() {
    if (this.#rowSize === 0) return;
    const from = Math.floor(this.#box.scrollTop / this.#rowSize);
    const count = Math.ceil(this.#boxSize / this.#rowSize) + 1;
    this.#sight = { from, to: from + count };
    for (const [n, row] of [...this.#body.children].entries())
      row.toggleAttribute('data-far', n < from - count || n >= from + 2 * count);
    this.#drawInSight();
  }

  #drawInSight() {
    this.#draw(this.#sight.from, Math.min(this.#sight.to, this.#values.length));
  }

  #drawAll() {
    clearTimeout(this.#pending);
    this.#pending = undefined;
    this.#drawnAt = performance.now();
    this.#draw(0, this.#values.length);
  }

  /** @param {number} from  @param {number} to */
  #draw(from, to) {
    for (let n = from; n < to; n += 1) {
      const [row, value] = [this.#rows[n], this.#values[n]];
      if (row === undefined || value === undefined || row.shows === value) continue;
      row.shows = value;
      this.#fill(row.parts, value);
    }
  }
}
