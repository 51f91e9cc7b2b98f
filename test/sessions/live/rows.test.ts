// Whose a row of sessions is: in its marks, and in SQL that asks for some of them.

import { beforeAll, describe, expect, it } from 'vitest';
import type { Pool } from '../../../src/db/pool.ts';
import { newId } from '../../../src/events/ids.ts';
import { isWhose, marksOf, ownerOf } from '../../../src/sessions/live/rows.ts';
import { migratedDatabase } from '../../support/database.ts';

const OWNERS = [
  { robot: false, simulated: false },
  { robot: true, simulated: false },
  { robot: false, simulated: true },
  { robot: true, simulated: true },
] as const;

const marksOfOwner = (owner: (typeof OWNERS)[number]) => marksOf({ userId: newId(), ...owner });

describe('marks', () => {
  it('marks say of a row what they were made of, and take no room for a person who is real', () => {
    expect(marksOfOwner(OWNERS[0])).toBeNull();
    expect(OWNERS.map((owner) => ownerOf({ marks: marksOfOwner(owner) }))).toEqual(OWNERS);
    expect(new Set(OWNERS.map(marksOfOwner)).size).toBe(4);
  });

  describe('in SQL', () => {
    let pool: Pool;
    beforeAll(async () => {
      ({ pool } = await migratedDatabase());
    });

    it.each([
      [null, null, OWNERS],
      [true, null, OWNERS.filter(({ robot }) => robot)],
      [false, null, OWNERS.filter(({ robot }) => !robot)],
      [null, true, OWNERS.filter(({ simulated }) => simulated)],
      [null, false, OWNERS.filter(({ simulated }) => !simulated)],
      [false, true, [OWNERS[2]]],
    ])('robot %s and simulated %s are asked for of the marks', async (robot, simulated, wanted) => {
      const { rows } = await pool.query<{ marks: string | null }>(
        `SELECT marks FROM unnest($3::"char"[]) AS marks WHERE ${isWhose('$1::boolean', '$2::boolean')}`,
        [robot, simulated, OWNERS.map(marksOfOwner)],
      );
      expect(rows.map(ownerOf)).toEqual(wanted);
    });
  });
});
