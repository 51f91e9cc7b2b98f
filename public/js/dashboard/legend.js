// Categories above a chart, each with its mark and its number. Pressing one hides or shows it, in all charts that use
// the same set.

import { mark, PRODUCTS } from '../marks.js';
import { CATEGORY_NAMES, exact, short } from './format.js';

export class Legend {
  /** @type {Set<string>} */
  hidden = new Set();

  /** @param {Element} place  @param {Readonly<Record<string, number>>} totals by category  @param {() => void} onChange */
  draw(place, totals, onChange) {
    const shown = PRODUCTS.filter((product) => totals[product] !== undefined);
    const buttons = shown.map((product) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'legend-item';
      button.title = exact(totals[product]);
      button.setAttribute('aria-pressed', String(!this.hidden.has(product)));
      const number = document.createElement('span');
      number.className = 'number';
      number.textContent = short(totals[product]);
      button.append(mark(product), ` ${CATEGORY_NAMES[product]} `, number);
      button.addEventListener('click', () => {
        if (!this.hidden.delete(product)) this.hidden.add(product);
        onChange();
      });
      return button;
    });
    const focused = [...place.children].indexOf(/** @type {Element} */ (document.activeElement));
    place.replaceChildren(...buttons);
    buttons[focused]?.focus();
  }
}
