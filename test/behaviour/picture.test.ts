import { expect, it } from 'vitest';
import { FIRST, MOVES, OFFER, STATES } from '../../src/behaviour/machine.ts';
import { picture } from '../../src/behaviour/picture.ts';

it('the picture has every state and every move', () => {
  expect(picture.nodes.map(({ state }) => state)).toEqual([...STATES]);
  for (const from of STATES)
    for (const { to } of MOVES[from])
      expect(picture.lines.some((line) => line.from === from && line.to === to && !line.isReset)).toBe(true);
});

it('the picture goes back to the start from every other state, at once where the offer is made', () => {
  const resets = picture.lines.filter(({ isReset }) => isReset);
  expect(resets.map(({ from, to, words }) => [from, to, ...words])).toEqual(
    STATES.filter((state) => state !== FIRST).map((state) => [
      state,
      FIRST,
      state === OFFER ? 'at once' : 'anything else',
    ]),
  );
});

it('the picture lies whole on its canvas, and no state covers another', () => {
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

/** Points of a line, near enough to each other that none jumps over a letter. */
function pointsOf(path: string): { readonly x: number; readonly y: number }[] {
  const [x0 = 0, y0 = 0, ...rest] = (path.match(/-?[\d.]+/g) ?? []).map(Number);
  const [x1 = x0, y1 = y0, x2 = x1, y2 = y1, x3 = x2, y3 = y2] =
    rest.length === 2 ? [x0, y0, ...rest, ...rest] : rest;
  return Array.from({ length: 401 }, (_, n) => {
    const t = n / 400;
    const at = (a: number, b: number, c: number, d: number) =>
      (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t ** 2 * c + t ** 3 * d;
    return { x: at(x0, x1, x2, x3), y: at(y0, y1, y2, y3) };
  });
}

it('the picture has no line through the words of another, or of its own', () => {
  const LETTER = { width: 7, height: 15 };
  for (const { words, x, y } of picture.lines) {
    const half = (Math.max(...words.map(({ length }) => length)) * LETTER.width) / 2;
    const top = y - words.length * LETTER.height + 4;
    const through = picture.lines.filter(({ path }) =>
      pointsOf(path).some((point) => Math.abs(point.x - x) < half && point.y > top && point.y < y + 2),
    );
    expect({ words, through }).toEqual({ words, through: [] });
  }
});
