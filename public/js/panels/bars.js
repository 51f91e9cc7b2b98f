// Bars that are buttons: their elements stay and change, so that a focus or a hover isn't lost with each look.

import { exact, plural } from '../dashboard/format.js';

/**
 * As many elements as there are values.
 * @template Value
 * @template {Element} Kept
 * @param {Element} root
 * @param {readonly Value[]} values
 * @param {() => Kept} make
 * @param {(kept: Kept, value: Value) => void} fill
 */
export function keepElements(root, values, make, fill) {
  while (root.children.length > values.length) root.lastElementChild?.remove();
  while (root.children.length < values.length) root.append(make());
  for (const [n, value] of values.entries()) fill(/** @type {Kept} */ (root.children[n]), value);
}

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} className
 * @param {(string | Node)[]} children
 */
export function element(tag, className, ...children) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children);
  return made;
}

/** @param {Node | undefined} node  @param {string} text */
export function setText(node, text) {
  if (node !== undefined && node.textContent !== text) node.textContent = text;
}

/** @param {string} className  @param {(string | Node)[]} children */
function button(className, ...children) {
  const made = element('button', className, ...children);
  made.type = 'button';
  return made;
}

/** What each element was last filled with. @type {WeakMap<Element, string>} */
const filled = new WeakMap();

/**
 * As keepElements; elements whose value is as before are not touched.
 * @template Value
 * @template {Element} Kept
 * @param {Element} root
 * @param {readonly Value[]} values
 * @param {() => Kept} make
 * @param {(kept: Kept, value: Value) => void} fill
 */
function keepFilled(root, values, make, fill) {
  keepElements(root, values, make, (kept, value) => {
    const text = JSON.stringify(value);
    if (filled.get(kept) === text) return;
    filled.set(kept, text);
    fill(kept, value);
  });
}

/** How many lengths a bar can have: one that would grow by less than can be seen stays as it is. */
const LENGTHS = 400;
/** Share of the longest bar: a bar that changes by more is seen to move. */
const JUMP = 0.04;

/** @param {number} count  @param {number} most */
const shareOf = (count, most) => Math.round((count / most) * LENGTHS) / LENGTHS;

/** @param {HTMLElement} bar  @param {number} share */
function setShare(bar, share) {
  const before = bar.style.getPropertyValue('--share');
  if (before === String(share)) return;
  bar.toggleAttribute('data-jumps', Math.abs(share - Number(before)) > JUMP);
  bar.style.setProperty('--share', String(share));
}

const makeColumn = () =>
  button(
    'column',
    element(
      'span',
      'column-field',
      element('span', 'column-bar'),
      element('span', 'column-number', element('span', 'column-count'), element('span', 'column-late')),
    ),
    element('span', 'column-name'),
  );

/**
 * Upright bars over time; the last one is not over.
 * @param {Element} root
 * @param {{ of: string, name: string, count: number, late?: number, faults?: string, label: string }[]} bars
 */
export function drawColumns(root, bars) {
  const most = Math.max(1, ...bars.map(({ count }) => count));
  const drawn = bars.map((bar, n) => ({
    ...bar,
    share: shareOf(bar.count, most),
    isOpen: n === bars.length - 1,
  }));
  keepFilled(
    root,
    drawn,
    makeColumn,
    (column, { of, name, count, late = 0, faults = '', label, share, isOpen }) => {
      column.dataset.of = of;
      column.toggleAttribute('data-open', isOpen);
      column.toggleAttribute('data-zero', count === 0);
      setShare(/** @type {HTMLElement} */ (column.firstElementChild), share);
      column.toggleAttribute('data-fault', faults !== '');
      column.setAttribute(
        'aria-label',
        `${late > 0 ? `${label}, ${plural(late, 'late event')}` : label}${faults === '' ? '' : `; fault: ${faults}`}`,
      );
      setText(column.querySelector('.column-count'), exact(count));
      setText(column.querySelector('.column-late'), late > 0 ? `+${late} late` : '');
      setText(column.querySelector('.column-name'), name);
    },
  );
}

const makeRow = () =>
  button(
    'row',
    element('span', 'row-bar'),
    element('span', 'row-mark'),
    element('span', 'row-name'),
    element('span', 'row-number'),
  );

/**
 * Lying bars with names.
 * @param {Element} root
 * @param {{ of: string, name: string, count: number, label: string, product?: string | undefined }[]} bars
 * @param {(product: string) => Element} [makeMark] where bars have a product
 */
export function drawRows(root, bars, makeMark) {
  const most = Math.max(1, ...bars.map(({ count }) => count));
  const drawn = bars.map((bar) => ({ ...bar, share: shareOf(bar.count, most) }));
  keepFilled(root, drawn, makeRow, (row, { of, name, count, label, product, share }) => {
    if (row.dataset.product !== product) {
      row.className = product === undefined ? 'row' : `row of-${product}`;
      row.dataset.product = product;
      row
        .querySelector('.row-mark')
        .replaceChildren(...(product === undefined || makeMark === undefined ? [] : [makeMark(product)]));
    }
    row.dataset.of = of;
    row.setAttribute('aria-label', label);
    setShare(row, share);
    setText(row.querySelector('.row-name'), name);
    setText(row.querySelector('.row-number'), exact(count));
  });
}
