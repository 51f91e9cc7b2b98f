// Elements of the picture.

export const SVG = 'http://www.w3.org/2000/svg';

/**
 * @param {Element} parent
 * @param {string} name
 * @param {Readonly<Record<string, string | number | undefined>>} attributes
 * @param {string} [text]
 */
export function make(parent, name, attributes = {}, text = undefined) {
  const element = /** @type {SVGElement} */ (document.createElementNS(SVG, name));
  for (const [key, value] of Object.entries(attributes))
    if (value !== undefined) element.setAttribute(key, String(value));
  if (text !== undefined) element.textContent = text;
  parent.append(element);
  return element;
}

/** @param {Element | undefined} element  @param {string} text */
export function set(element, text) {
  if (element !== undefined && element.textContent !== text) element.textContent = text;
}
