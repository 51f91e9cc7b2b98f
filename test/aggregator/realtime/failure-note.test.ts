import { beforeAll, describe, expect, it } from 'vitest';
import { readDefinition } from '../../../src/aggregator/definition/read.ts';
import { FailureNote } from '../../../src/aggregator/realtime/failure-note.ts';
import { saveDefinition } from '../../../src/aggregator/store/definitions.ts';
import { type Pool, transaction } from '../../../src/db/pool.ts';
import { migratedDatabase } from '../../support/database.ts';
import { testLog } from '../../support/log.ts';

let pool: Pool;
let note: FailureNote;

beforeAll(async () => {
  ({ pool } = await migratedDatabase());
  const text = `name: noted
topic: t
group: { fields: [x] }
aggregate: [{ operation: COUNT }]
flush: { by: TIMEOUT, timeout: { type: HOUR, hours: 1 } }
`;
  await transaction(pool, (client) => saveDefinition(client, readDefinition(text)));
  note = new FailureNote(pool, 'noted', testLog);
});

async function stored(): Promise<string | null | undefined> {
  await note.settled();
  const { rows } = await pool.query<{ failure: string | null }>('SELECT failure FROM aggregator_definitions');
  return rows[0]?.failure;
}

describe('the note of a failure', () => {
  it('the note of a failure is the last thing that was said, however quickly it follows another', async () => {
    for (let round = 0; round < 50; round += 1) {
      note.note(undefined);
      note.note(`failure ${round}`);
    }
    expect(await stored()).toBe('failure 49');
    note.note('once more');
    note.note(undefined);
    expect(await stored()).toBeNull();
  });

  it('a failure that could not be noted is noted when it is said again', async () => {
    await pool.query('ALTER TABLE aggregator_definitions RENAME TO elsewhere');
    note.note('unreachable');
    await note.settled();
    await pool.query('ALTER TABLE elsewhere RENAME TO aggregator_definitions');
    expect(await stored()).toBeNull();
    note.note('unreachable');
    expect(await stored()).toBe('unreachable');
  });

  it("the note of another process's failure is taken back by the first that runs", async () => {
    expect(await stored()).toBe('unreachable');
    const other = new FailureNote(pool, 'noted', testLog);
    other.note(undefined);
    await other.settled();
    expect(await stored()).toBeNull();
  });
});
