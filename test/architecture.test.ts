// What may import what: ARCHITECTURE.md in a list. A room imports only rooms that stand before it, so that no import goes up and
// none goes in a circle; the embedded broker imports nothing but itself.

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
  'config.ts',
  'connections.ts',
  'consumer',
  'tracing',
  'site',
  'enriched-clicks',
  'sessions',
  'behaviour',
  'aggregator',
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
  'main.ts',
];

type Import = { readonly from: string; readonly to: string; readonly file: string };

const roomOf = (file: string): string => file.split(path.sep)[0] ?? file;

/** Every import of one room by another. */
function importsOf(files: ReadonlyMap<string, string>): Import[] {
  return [...files].flatMap(([file, text]) =>
    [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g)].flatMap(([, target = '']) => {
      const to = path.normalize(path.join(path.dirname(file), target));
      if (to.startsWith('..') || roomOf(to) === roomOf(file)) return [];
      return [{ from: roomOf(file), to: roomOf(to), file }];
    }),
  );
}

/** Imports that go up, in words. */
const upward = (imports: readonly Import[]): string[] =>
  imports
    .filter(({ from, to }) => from === 'broker' || ROOMS.indexOf(to) >= ROOMS.indexOf(from))
    .map(({ from, to, file }) => `${file} imports ${to}, which stands after ${from}`);

function sources(): Map<string, string> {
  const root = path.join(packageRoot, 'src');
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  return new Map(names.map((name) => [name, readFileSync(path.join(root, name), 'utf8')]));
}

describe('the rooms of src', () => {
  it('are all in the list, and the list has no room that is gone', () => {
    expect([...new Set([...sources().keys()].map(roomOf))].toSorted()).toEqual(ROOMS.toSorted());
  });

  it('import only rooms that stand before them', () => {
    expect(upward(importsOf(sources()))).toEqual([]);
  });

  it('have kafkajs by way of kafka/ alone, but where batches are spoilt on purpose', () => {
    const own = /^(?:kafka|consumer)\/|^simulator\/targets\/kafka\.ts$/;
    const users = [...sources()].filter(([, text]) => text.includes("from 'kafkajs'")).map(([file]) => file);
    expect(users.filter((file) => !own.test(file))).toEqual([]);
  });

  it('would be caught at an import that goes up, at one in a circle, and at one of the broker', () => {
    const bad = new Map([
      ['db/pool.ts', "import { app } from '../web/app.ts';"],
      ['events/event.ts', "import type { Pool } from '../db/pool.ts';"],
      ['broker/broker.ts', "import { log } from '../runtime/log.ts';"],
      ['kafka/client.ts', "export const load = () => import('../processes/start.ts');"],
    ]);
    expect(upward(importsOf(bad))).toHaveLength(4);
  });
});
