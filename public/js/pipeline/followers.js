// Who follows Kafka beside ingest: a box below the row, with how far each has come and its lag.

import { exact, partHealth, partWords, short } from './format.js';
import { make, set } from './svg.js';

/** @typedef {import('../../../src/pipeline/state.ts').PipelineState} PipelineState */
/** @typedef {{ group: SVGElement, side: SVGElement, lines: { line: SVGElement, name: SVGElement, reached: SVGElement }[] }} Followers */

/** @param {SVGElement} svg  @param {import('./places.js').FollowerBox} box @returns {Followers} */
export function buildFollowers(svg, { x, y, width, height, columns, rows }) {
  const group = make(svg, 'g', { class: 'pipe-station', 'data-station': 'followers' });
  make(group, 'rect', { x, y, width, height, rx: 14 });
  make(group, 'circle', { cx: x + 20, cy: y + 23, r: 5, class: 'pipe-light' });
  make(group, 'text', { x: x + 34, y: y + 28, class: 'pipe-title' }, 'Followers');
  const side = make(group, 'text', {
    x: x + width - 16,
    y: y + 28,
    'text-anchor': 'end',
    class: 'pipe-words',
  });
  const room = (width - 32) / columns;
  const lines = Array.from({ length: columns * rows }, (_, index) => {
    const left = x + 16 + (index % columns) * room;
    const at = y + 54 + Math.floor(index / columns) * 22;
    const line = make(group, 'g', { class: 'pipe-follower' });
    const name = make(line, 'text', { x: left, y: at, class: 'pipe-words' });
    const right = left + room - (columns > 1 ? 28 : 0);
    const reached = make(line, 'text', { x: right, y: at, 'text-anchor': 'end' });
    return { line, name, reached };
  });
  return { group, side, lines };
}

/**
 * @param {Followers} drawn
 * @param {PipelineState['followers']} followers
 * @param {PipelineState['parts'][number] | undefined} live the part of most of them
 */
export function fillFollowers({ group, side, lines }, { groups }, live) {
  group.dataset.health = partHealth(live);
  const more = groups.length - lines.length;
  const words = groups.length === 0 ? 'nobody yet' : more > 0 ? `and ${more} more` : '';
  set(side, [words, partWords(live)].filter((one) => one !== '').join(', '));
  for (const [index, { line, name, reached }] of lines.entries()) {
    const one = groups[index];
    line.toggleAttribute('hidden', one === undefined);
    if (one === undefined) continue;
    line.dataset.behind = String(one.lag > 0);
    set(name, one.name);
    const next = one.partitions.reduce((sum, partition) => sum + partition.next, 0);
    set(reached, `${short(next)}${one.lag > 0 ? `, lag ${short(one.lag)}` : ''}`);
  }
}

/** The rows of the table, a follower's partitions one below the other. @param {PipelineState['followers']} followers */
export const followerRows = ({ groups }) =>
  groups.flatMap(({ name, group, partitions }) =>
    partitions.map(({ partition, next, lag }) => [name, group, String(partition), exact(next), exact(lag)]),
  );

/** @param {PipelineState['followers']} followers */
export const followersInWords = ({ groups }) =>
  groups.length === 0
    ? ''
    : ` Followers: ${groups.map(({ name, lag }) => `${name} with a lag of ${exact(lag)}`).join(', ')}.`;
