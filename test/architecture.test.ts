// What may import what: ARCHITECTURE.md in a list. A room imports only rooms that stand before it, so that no import goes up and
// none goes in a circle; the embedded broker imports nothing but itself. A room's folders are its insides, but for the files that
// DOORS names. Inside of a room, files go in no circle either.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../src/runtime/paths.ts';

const ROOMS = [
  'runtime',
  'events',
  'catalogue',
  'rollups',
  'db',
  'kafka',
  'http',
  'enrichment',
  'config',
  'config.ts',
  'connections.ts',
  'consumer',
  'tracing',
  'site',
  'enriched-clicks',
  'sessions',
  'behaviour',
  'aggregator',
  'seed',
  'simulator',
  'collector',
  'storefront',
  'dead-letters',
  'ingest',
  'dashboard',
  'live',
  'pipeline',
  'lessons',
  'openapi',
  'web',
  'broker',
  'processes',
  'command-line',
  'command-line.ts',
  'main.ts',
];

/** Files in folders of rooms that other rooms may import. */
const DOORS = [
  'aggregator/core/instant.ts',
  'aggregator/pages/routes.ts',
  'aggregator/realtime/part.ts',
  'aggregator/store/definitions.ts',
  'dashboard/charts/operations.ts',
  'dashboard/charts/routes.ts',
  'dashboard/live/lag.ts',
  'dashboard/live/operations.ts',
  'dashboard/live/page.ts',
  'dashboard/live/panel-feed.ts',
  'dashboard/live/routes.ts',
  'dashboard/questions/operation.ts',
  'dashboard/questions/route.ts',
  'dashboard/sessions/page.ts',
  'db/embedded/leftover.ts',
  'db/embedded/place.ts',
  'db/embedded/server.ts',
  'seed/explore/file.ts',
  'seed/replica/calendar.ts',
  'seed/replica/journeys.ts',
  'sessions/dataset/count.ts',
  'sessions/dataset/dataset.ts',
  'sessions/dataset/read.ts',
  'sessions/live/bars.ts',
  'sessions/live/half-hours.ts',
  'sessions/live/running-sessions.ts',
  'sessions/live/store.ts',
  'simulator/control/operations.ts',
  'simulator/control/routes.ts',
  'simulator/control/switch-model.ts',
  'simulator/core/faults.ts',
  'simulator/periods/operations.ts',
  'simulator/periods/recorder.ts',
  'simulator/periods/routes.ts',
  'simulator/replay/options.ts',
];

/** Paths below src; those of seed/ as if it stood there. */
type Import = { readonly from: string; readonly to: string };

const roomOf = (file: string): string => file.split(path.sep)[0] ?? file;
const isInside = (file: string): boolean => file.split(path.sep).length > 2;

/** Every import of one file by another. */
function importsOf(files: ReadonlyMap<string, string>): Import[] {
  return [...files].flatMap(([from, text]) =>
    [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g)].flatMap(([, target = '']) => {
      const to = path
        .normalize(path.join(path.dirname(from), target))
        .replace(/^\.\.\/(?=seed\/)|^src\/(?!\.)/, '');
      return to.startsWith('..') ? [] : [{ from, to }];
    }),
  );
}

const betweenRooms = (imports: readonly Import[]): Import[] =>
  imports.filter(({ from, to }) => roomOf(from) !== roomOf(to));

/** Imports that go up, in words. */
const upward = (imports: readonly Import[]): string[] =>
  betweenRooms(imports)
    .filter(
      ({ from, to }) => roomOf(from) === 'broker' || ROOMS.indexOf(roomOf(to)) >= ROOMS.indexOf(roomOf(from)),
    )
    .map(({ from, to }) => `${from} imports ${to}, which stands after it`);

/** Imports of a room's insides, in words. */
const intoInsides = (imports: readonly Import[]): string[] =>
  betweenRooms(imports)
    .filter(({ to }) => isInside(to) && !DOORS.includes(to))
    .map(({ from, to }) => `${from} imports ${to}, which is inside of ${roomOf(to)}`);

/** Circles of files, each as the way around. */
function circles(imports: readonly Import[]): string[] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of imports) targets.set(from, [...(targets.get(from) ?? []), to]);
  const done = new Set<string>();
  const found: string[] = [];
  function visit(file: string, path: readonly string[]): void {
    if (path.includes(file)) found.push([...path.slice(path.indexOf(file)), file].join(' → '));
    if (path.includes(file) || done.has(file)) return;
    for (const to of targets.get(file) ?? []) visit(to, [...path, file]);
    done.add(file);
  }
  for (const file of targets.keys()) visit(file, []);
  return found;
}

function sources(folder: string): Map<string, string> {
  const root = path.join(packageRoot, folder);
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  return new Map(
    names.map((name) => [
      folder === 'src' ? name : path.join(folder, name),
      readFileSync(path.join(root, name), 'utf8'),
    ]),
  );
}

/** All that runs: src, and seed as a room of it. */
const house = new Map([...sources('src'), ...sources('seed')]);

describe('the rooms', () => {
  it('are all in the list, and the list has no room that is gone', () => {
    expect([...new Set([...house.keys()].map(roomOf))].toSorted()).toEqual(ROOMS.toSorted());
  });

  it('import only rooms that stand before them', () => {
    expect(upward(importsOf(house))).toEqual([]);
  });

  it('have kafkajs by way of kafka/ and consumer/ alone', () => {
    const own = /^(?:kafka|consumer)\//;
    const users = [...house].filter(([, text]) => text.includes("from 'kafkajs'")).map(([file]) => file);
    expect(users.filter((file) => !own.test(file))).toEqual([]);
  });

  it('import nothing inside of another room but what is named for them', () => {
    const imports = importsOf(house);
    expect(intoInsides(imports)).toEqual([]);
    const used = new Set(betweenRooms(imports).map(({ to }) => to));
    expect(DOORS.filter((door) => !used.has(door))).toEqual([]);
  });

  it('have no circle of files, and neither has bench', () => {
    expect(circles(importsOf(new Map([...house, ...sources('bench')])))).toEqual([]);
  });

  it('would be caught at an import that goes up, and at one of the broker', () => {
    const bad = new Map([
      ['db/pool.ts', "import { app } from '../web/app.ts';"],
      ['events/event.ts', "import type { Pool } from '../db/pool.ts';"],
      ['broker/broker.ts', "import { log } from '../runtime/log.ts';"],
      ['kafka/client.ts', "export const load = () => import('../processes/start.ts');"],
    ]);
    expect(upward(importsOf(bad))).toHaveLength(4);
  });

  it('would be caught at the insides of another room, and at a circle', () => {
    const bad = new Map([
      ['web/app.ts', "import { Windows } from '../dashboard/live/windows.ts';"],
      ['dashboard/live/windows.ts', "import { readNew } from './read.ts';"],
      ['dashboard/live/read.ts', "import type { Windows } from './windows.ts';"],
    ]);
    expect(intoInsides(importsOf(bad))).toHaveLength(1);
    expect(circles(importsOf(bad))).toEqual([
      'dashboard/live/windows.ts → dashboard/live/read.ts → dashboard/live/windows.ts',
    ]);
  });
});
