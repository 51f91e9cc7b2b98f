// Partitions in the picture: the newest records as cells.

import { memberName, short } from './format.js';
import { make, set } from './svg.js';

/** @typedef {import('../../../src/pipeline/state.ts').PipelineState} PipelineState */
/** @typedef {{ group: SVGElement, name: SVGElement, end: SVGElement, cells: SVGElement[] }} Lane */

const CELLS = 22;

/** @param {SVGElement} svg  @param {import('./places.js').Box} box  @param {number} index @returns {Lane} */
export function buildLane(svg, box, index) {
  const group = make(svg, 'g', { class: 'pipe-lane' });
  const y = box.y + 46 + index * 44;
  const name = make(group, 'text', { x: box.x + 16, y: y + 12, class: 'pipe-words' });
  const end = make(group, 'text', {
    x: box.x + box.width - 16,
    y: y + 12,
    'text-anchor': 'end',
    class: 'pipe-words',
  });
  const size = (box.width - 32) / CELLS;
  const cells = Array.from({ length: CELLS }, (_, cell) =>
    make(group, 'rect', {
      x: box.x + 16 + cell * size + 1,
      y: y + 18,
      width: size - 2,
      height: 12,
      rx: 2,
      class: 'pipe-cell',
    }),
  );
  return { group, name, end, cells };
}

/**
 * Cells are the newest records; where more wait than there are cells, each stands for several.
 * @param {Lane} lane
 * @param {PipelineState['kafka']['partitions'][number] | undefined} partition
 */
export function fillLane({ group, name, end, cells }, partition) {
  group.toggleAttribute('hidden', partition === undefined);
  if (partition === undefined) return;
  set(
    name,
    `partition ${partition.partition}, ${partition.member === null ? 'read by nobody' : `read by ${memberName(partition.member)}`}`,
  );
  set(end, `${short(partition.end)}${partition.lag > 0 ? `, lag ${short(partition.lag)}` : ''}`);
  group.dataset.owned = String(partition.member !== null);
  // A fifth of the cells is left to records that are stored.
  const each = Math.max(1, Math.ceil((partition.lag * 1.25) / CELLS));
  for (const [index, cell] of cells.entries()) {
    const offset = partition.end - (CELLS - index) * each;
    cell.dataset.is =
      offset < partition.start - each + 1 || offset < 0
        ? 'none'
        : offset < partition.next
          ? 'stored'
          : 'waiting';
  }
}
