// Categories above a chart, each with its mark and its number. Pressing one hides or shows it, in all charts that use
// the same set.

import { mark, PRODUCTS } from '../marks.js';
import { categoryName, exact, short } from './format.js';

export class Legend {
  /** @type {Set<string>} */
  hidden = new Set();

  /** @param {Element} place  @param {Readonly<Record<string, number>>} totals by category  @param {() => void} onChange */
  draw(place, totals, onChange) {
    const buttons = PRODUCTS.flatMap((product) => {
      const { [product]: total } = totals;
      if (total === undefined) return [];
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'legend-item';
      button.title = exact(total);
      button.setAttribute('aria-pressed', String(!this.hidden.has(product)));
      const number = document.createElement('span');
      number.className = 'number';
      number.textContent = short(total);
      button.append(mark(product), ` ${categoryName(product)} `, number);
      button.addEventListener('click', () => {
        if (!this.hidden.delete(product)) this.hidden.add(product);
        onChange();
      });
      return [button];
    });
    const focused = [...place.children].indexOf(/** @type {Element} */ (document.activeElement));
    place.replaceChildren(...buttons);
    buttons[focused]?.focus();
  }
}
