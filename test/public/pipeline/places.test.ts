// The picture of the pipe at every width and number of partitions.

import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/runtime/paths.ts';

type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
type Arrow = Readonly<Record<'x1' | 'y1' | 'x2' | 'y2', number>> & {
  readonly from: string;
  readonly to: string;
};
type Places = {
  readonly STATIONS: readonly string[];
  placesOf(
    isNarrow: boolean,
    lanes: number,
    followers: number,
  ): Pick<Box, 'width' | 'height'> & {
    readonly followers: Box & {
      readonly columns: number;
      readonly rows: number;
      readonly arrows: readonly Arrow[];
    };
    readonly stations: Readonly<Record<string, Box>>;
    readonly arrows: readonly Arrow[];
  };
};
const NOWHERE: Box = { x: -1, y: -1, width: -1, height: -1 };
const { placesOf, STATIONS }: Places = await import(path.join(packageRoot, 'public/js/pipeline/places.js'));

describe.each([
  ['on a phone', true],
  ['on a desk', false],
])('the stations %s', (_where, isNarrow) => {
  it.each([0, 1, 3, 12])(
    'lie on the canvas in their order, none over another, with %i partitions',
    (lanes) => {
      const { width, height, stations } = placesOf(isNarrow, lanes, 3);
      const boxes = STATIONS.map((name) => stations[name] ?? NOWHERE);
      for (const box of boxes) {
        expect(box.x).toBeGreaterThanOrEqual(0);
        expect(box.y).toBeGreaterThanOrEqual(0);
        expect(box.x + box.width).toBeLessThanOrEqual(width);
        expect(box.y + box.height).toBeLessThanOrEqual(height);
      }
      for (const [n, box] of boxes.slice(1).entries()) {
        const before = boxes[n] ?? NOWHERE;
        if (isNarrow) expect(box.y).toBeGreaterThan(before.y + before.height);
        else expect(box.x).toBeGreaterThan(before.x + before.width);
      }
    },
  );

  it.each([0, 3])(
    'the stations of the picture are joined by arrows from the edge of one to the edge of the next, with %i partitions',
    (lanes) => {
      const { stations, arrows } = placesOf(isNarrow, lanes, 3);
      expect(arrows.map(({ from, to }) => [from, to])).toEqual(
        STATIONS.slice(1).map((to, n) => [STATIONS[n], to]),
      );
      for (const { from, to, x1, y1, x2, y2 } of arrows) {
        const [a, b] = [stations[from] ?? NOWHERE, stations[to] ?? NOWHERE];
        expect(isNarrow ? [y1, y2] : [x1, x2]).toEqual(
          isNarrow ? [a.y + a.height, b.y] : [a.x + a.width, b.x],
        );
        expect(isNarrow ? x1 - x2 : y1 - y2).toBe(0);
      }
    },
  );

  it.each([0, 1, 3, 4, 9])(
    'the stations of the picture are above a box with room for %i followers, which arrows join to them',
    (count) => {
      const { width, height, stations, followers } = placesOf(isNarrow, 3, count);
      expect(followers.columns * followers.rows).toBeGreaterThanOrEqual(count);
      for (const { y, height: high } of Object.values(stations))
        expect(followers.y).toBeGreaterThan(y + high);
      expect(followers.x + followers.width).toBeLessThanOrEqual(width);
      expect(followers.y + followers.height).toBeLessThanOrEqual(height);
      const ends = followers.arrows.map(({ from, to, x1, y1, x2, y2 }) => {
        const [top, isDown] = [stations[from] ?? stations[to] ?? NOWHERE, y2 > y1];
        expect([x1, Math.min(y1, y2), Math.max(y1, y2)]).toEqual([x2, top.y + top.height, followers.y]);
        return [from, to, isDown];
      });
      expect(ends).toEqual(
        isNarrow
          ? []
          : [
              ['kafka', 'followers', true],
              ['followers', 'postgres', false],
            ],
      );
    },
  );
});
