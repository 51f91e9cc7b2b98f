// Names and marks of the categories, as the server has drawn them into every page (views/partials/categories.ejs), and what Chart.js calls
// the shapes.

const blank = /** @type {HTMLTemplateElement} */ (document.getElementById('category-marks')).content;
const entries = /** @type {HTMLElement[]} */ ([...blank.children]);

export const PRODUCTS = entries.map(({ dataset }) => dataset.product ?? '');

/** @type {Readonly<Record<string, string>>} by product */
export const CATEGORY_NAMES = Object.fromEntries(
  entries.map(({ dataset }) => [dataset.product, dataset.name]),
);

/** Chart.js's names for the same shapes. @type {Readonly<Record<string, import('chart.js').PointStyle>>} by product */
export const POINT_STYLES = {
  accessories: 'circle',
  clothes: 'rect',
  electronics: 'triangle',
  sneakers: 'crossRot',
  sports_nutrition: 'star',
};

/** An svg element bearing the mark of a category. @param {string} product */
export function mark(product) {
  const entry = blank.querySelector(`[data-product="${CSS.escape(product)}"]`);
  const svg = /** @type {SVGElement} */ (entry.querySelector('svg').cloneNode(true));
  svg.classList.add(`of-${product}`);
  return svg;
}
