import { expect, it } from 'vitest';
import { FIRST, MOVES, OFFER, STATES } from '../../src/behaviour/machine.ts';
import { picture } from '../../src/behaviour/picture.ts';

it('has every state and every move', () => {
  expect(picture.nodes.map(({ state }) => state)).toEqual([...STATES]);
  for (const from of STATES)
    for (const { to } of MOVES[from])
      expect(picture.lines.some((line) => line.from === from && line.to === to && !line.isReset)).toBe(true);
});

it('goes back to the start from every other state, at once where the offer is made', () => {
  const resets = picture.lines.filter(({ isReset }) => isReset);
  expect(resets.map(({ from, to, words }) => [from, to, ...words])).toEqual(
    STATES.filter((state) => state !== FIRST).map((state) => [
      state,
      FIRST,
      state === OFFER ? 'at once' : 'anything else',
    ]),
  );
});

it('lies whole on its canvas, and no state covers another', () => {
  const { width, height, node, nodes, lines } = picture;
  for (const { x, y } of nodes) {
    expect(x - node.width / 2).toBeGreaterThanOrEqual(0);
    expect(x + node.width / 2).toBeLessThanOrEqual(width);
    expect(y + node.height / 2).toBeLessThanOrEqual(height);
  }
  for (const [index, { x }] of nodes.slice(1).entries())
    expect(x - (nodes[index]?.x ?? 0)).toBeGreaterThan(node.width);
  for (const { x, y } of lines) {
    expect(x).toBeGreaterThan(0);
    expect(x).toBeLessThan(width);
    expect(y).toBeGreaterThan(0);
    expect(y).toBeLessThan(height);
  }
});
