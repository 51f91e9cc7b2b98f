// The tokens of css/tokens.css as colours for a canvas, in the current theme: the browser resolves light-dark() on an element
// that is not shown.

const probe = document.createElement('span');
probe.hidden = true;
document.body.append(probe);

/** @param {string} token name of a custom property, without the dashes */
export function colour(token) {
  probe.style.color = `var(--${token})`;
  return getComputedStyle(probe).color;
}

/** The same colour, translucent. @param {string} token  @param {number} alpha 0 (invisible) to 1 */
export function faint(token, alpha) {
  return colour(token).replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`);
}

/** @type {Readonly<Record<import('./titles.js').Title, string>>} */
export const TITLE_TOKENS = { banner_show: 'show', banner_click: 'click', order: 'order' };
