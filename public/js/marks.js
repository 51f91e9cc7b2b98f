// The marks of categories and kinds of event for scripts: the same shapes as views/partials/mark.ejs draws, as markup
// and as Chart.js knows them.

const SHAPES = {
  accessories: '<circle cx="8" cy="8" r="5.5"/>',
  clothes: '<path d="M3 3h10v10H3z"/>',
  electronics: '<path d="M8 2l7 12H1z"/>',
  sneakers: '<path class="open" d="M3 3l10 10M13 3L3 13"/>',
  sports_nutrition: '<path class="open" d="M8 1v14M2 4.5l12 7M14 4.5l-12 7"/>',
};

/** Chart.js's names for the same shapes. */
export const POINT_STYLES = {
  accessories: 'circle',
  clothes: 'rect',
  electronics: 'triangle',
  sneakers: 'crossRot',
  sports_nutrition: 'star',
};

export const PRODUCTS = Object.keys(SHAPES);

/** An svg element bearing the mark of a category. */
export function mark(of) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', `mark of-${of}`);
  svg.setAttribute('aria-hidden', 'true');
  svg.innerHTML = SHAPES[of];
  return svg;
}
