// The tokens of css/tokens.css as colours that a canvas understands, in the theme of the moment. light-dark() is
// resolved by asking the browser what an element of that colour would have.

const probe = document.createElement('span');
probe.hidden = true;
document.body.append(probe);

/** @param {string} token name of a custom property, without the dashes */
export function colour(token) {
  probe.style.color = `var(--${token})`;
  return getComputedStyle(probe).color;
}

/** The same colour, thinner. @param {string} token  @param {number} alpha 0 to 1 */
export function faint(token, alpha) {
  return colour(token).replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`);
}

/** @type {Readonly<Record<import('./titles.js').Title, string>>} */
export const TITLE_TOKENS = { banner_show: 'show', banner_click: 'click', order: 'order' };
