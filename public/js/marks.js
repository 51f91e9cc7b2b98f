// Names and marks of the categories, as the server has drawn them into every page (views/partials/categories.ejs), and what Chart.js calls
// the shapes.

const blank = /** @type {HTMLTemplateElement} */ (document.getElementById('category-marks')).content;
const entries = /** @type {HTMLElement[]} */ ([...blank.children]);

export const PRODUCTS = entries.map(({ dataset }) => dataset.product ?? '');

const names = new Map(entries.map(({ dataset }) => [dataset.product, dataset.name]));

/** What the shop calls a category; what it doesn't sell has its own name. @param {string} product */
export const categoryName = (product) => names.get(product) ?? product;

/** @type {Readonly<Record<string, import('chart.js').PointStyle>>} by product */
const POINT_STYLES = {
  accessories: 'circle',
  clothes: 'rect',
  electronics: 'triangle',
  sneakers: 'crossRot',
  sports_nutrition: 'star',
};

/** Chart.js's name of a category's shape. @param {string} product */
export const pointStyle = (product) => POINT_STYLES[product] ?? 'circle';

/** An svg element bearing the mark of a category. @param {string} product */
export function mark(product) {
  const entry = blank.querySelector(`[data-product="${CSS.escape(product)}"]`);
  const svg = /** @type {SVGElement} */ (entry.querySelector('svg').cloneNode(true));
  svg.classList.add(`of-${product}`);
  return svg;
}
