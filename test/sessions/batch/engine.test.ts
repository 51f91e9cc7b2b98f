import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { openEngine } from '../../../src/sessions/batch/engine.ts';
import { rowsOf } from '../../../src/sessions/batch/statements.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const MEMORY = 256 * 1024 ** 2;
/** Linux gives out no such pid. */
const NOBODY = 2 ** 22 + 1;

it('all connections see the same tables, and nothing is left behind', async () => {
  const spill = temporaryFolder();
  const engine = await openEngine(MEMORY, spill);
  const [one, other] = [await engine.connect(), await engine.connect()];
  await one.run('CREATE TABLE kept AS SELECT 2::BIGINT ** 40 AS n');
  expect(await rowsOf(other, 'SELECT n::BIGINT AS n FROM kept')).toEqual([{ n: 2 ** 40 }]);
  expect(path.dirname(engine.folder)).toBe(spill);
  await engine.close();
  expect(readdirSync(spill)).toEqual([]);
});

it('a run removes what killed runs left, and nothing of the living or of others', async () => {
  const spill = temporaryFolder();
  const [left, living, other] = [
    `shopstream-sessions-${NOBODY}-abc`,
    `shopstream-sessions-${process.pid}-abc`,
    'shopstream-sessions-x',
  ];
  for (const name of [left, living, other]) mkdirSync(path.join(spill, name, 'spill'), { recursive: true });
  const engine = await openEngine(MEMORY, spill);
  expect([left, living, other].map((name) => existsSync(path.join(spill, name)))).toEqual([
    false,
    true,
    true,
  ]);
  await engine.close();
});

it('a folder that can not be read is told with what was expected', async () => {
  await expect(openEngine(MEMORY, '/nowhere')).rejects.toThrow(
    '--spill: received /nowhere, expected a folder that can be read',
  );
});
