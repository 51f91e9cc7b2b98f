import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { findKnown, findLoaded } from '../../../seed/load/known.ts';
import type { LoadInput } from '../../../seed/load/progress.ts';
import { beginStage } from '../../../seed/load/stage/unfinished.ts';
import { loadFile } from '../../../seed/load.ts';
import { loadSample } from '../../../seed/sample.ts';
import { transaction } from '../../../src/db/pool.ts';
import { migratedDatabase, testLog } from '../../support/database.ts';
import { fileOf, replicaText } from '../support.ts';

const TEXT = replicaText(50);

/** A text to be loaded, and how often it was opened. */
function inputOf(text: Buffer, again = true): LoadInput & { opened: number } {
  const input = {
    opened: 0,
    again,
    sample: false,
    open: async () => {
      input.opened += 1;
      return {
        ...({ name: 'again.csv', packing: 'plain', size: text.length, taken: () => 0 } as const),
        chunks: Readable.from([text.subarray(0, 1_000), text.subarray(1_000)]),
      };
    },
  };
  return input;
}

it('a text that was loaded is known, by the name and the counts of then', async () => {
  const { pool } = await migratedDatabase();
  const file = await fileOf(TEXT, 'first.csv');
  const { sha256 } = await loadFile({ pool, log: testLog, file });
  const told: string[] = [];
  await transaction(pool, async (client) => {
    const known = await findKnown(client, inputOf(TEXT), (step) => told.push(step));
    expect(known).toMatchObject({ source: 'first.csv', added: 0, present: 50, known: true, sha256 });
    expect(await findKnown(client, inputOf(replicaText(50, 2)), () => {})).toBeUndefined();
    expect(await findLoaded(client, createHash('sha256').update('x').digest('hex'))).toBeUndefined();
  });
  expect(new Set(told)).toEqual(new Set(['comparing']));
});

it('a text is not read for that where nothing but the sample was loaded, it can be read once, or a load is unfinished', async () => {
  const { pool } = await migratedDatabase();
  await loadSample(pool, testLog);
  const [first, pipe, resumed] = [inputOf(TEXT), inputOf(TEXT, false), inputOf(TEXT)];
  await transaction(pool, async (client) => {
    expect(await findKnown(client, first, () => {})).toBeUndefined();
  });
  await loadFile({ pool, log: testLog, file: await fileOf(TEXT) });
  await transaction(pool, async (client) => {
    expect(await findKnown(client, pipe, () => {})).toBeUndefined();
    await beginStage(client, 'a.csv', '');
    expect(await findKnown(client, resumed, () => {})).toBeUndefined();
  });
  expect([first.opened, pipe.opened, resumed.opened]).toEqual([0, 0, 0]);
});
