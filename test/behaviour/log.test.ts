// The log of what moved visitors, in a real database: the same whether moves are rows or packed.

import { copyFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type LogEntry, logKeptSince, type Move, packLog, readLog } from '../../src/behaviour/log.ts';
import { STATES } from '../../src/behaviour/machine.ts';
import { migrate } from '../../src/db/migrate.ts';
import type { Pool } from '../../src/db/pool.ts';
import { ASKED, USUAL, type Whose } from '../../src/events/whose.ts';
import { packageRoot } from '../../src/runtime/paths.ts';
import { emptyDatabase, migratedDatabase, openTestPool, testLog } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { moveAt, write } from './moves.ts';

const T = Date.UTC(2026, 2, 10);
const GOES_ON = new AbortController().signal;
const WHOSE: readonly Whose[] = ASKED.map((simulated) => ({ robots: 'exclude', simulated }));

const aMove = (secondsAfter: number, changes: Partial<Move> = {}): Move =>
  moveAt(T + secondsAfter * 1_000, { because: `${secondsAfter} s`, ...changes });

const entryOf = ({ simulated: _, ...entry }: Move): LogEntry => entry;

/** The answer out of a plain array of all moves. */
const plainLog = (moves: readonly Move[], most: number, { simulated }: Whose, untilMs = Number.MAX_VALUE) =>
  moves
    .filter((move) => simulated === 'include' || move.simulated === (simulated === 'only'))
    .filter(({ at }) => Date.parse(at) <= untilMs)
    .slice(-most)
    .reverse()
    .map(entryOf);

const read = async (...asked: Parameters<typeof readLog>): Promise<unknown> =>
  JSON.parse(JSON.stringify(await readLog(...asked)));

const sizes = async (pool: Pool) => {
  const { rows } = await pool.query<{ rows: number; chunks: number; packed: number }>(
    `SELECT (SELECT count(*) FROM behaviour_log) AS rows, count(*) AS chunks,
       coalesce(sum(cardinality(order_ids)), 0)::int AS packed FROM behaviour_log_chunks`,
  );
  return rows[0];
};

/** Holds whoever packs between its deletion and its insertion, until the answer is called. */
async function holdPacking(): Promise<() => Promise<void>> {
  await pool.query(
    `CREATE FUNCTION wait_for_test() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NEW; END $$;
     CREATE TRIGGER waiting BEFORE INSERT ON behaviour_log_chunks FOR EACH ROW EXECUTE FUNCTION wait_for_test()`,
  );
  const holder = await pool.connect();
  await holder.query('BEGIN; SELECT pg_advisory_xact_lock(1)');
  return async () => {
    await holder.query('COMMIT');
    holder.release();
  };
}

/** Waits until so many connections wait for locks. */
const waiting = (count: number) =>
  eventually(async () => {
    const { rowCount } = await pool.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return rowCount === count;
  });

let pool: Pool;
let url: string;
beforeEach(async () => {
  ({ pool, url } = await migratedDatabase());
});

describe('what is packed of the log', () => {
  it('the log answers the same before and after moves are packed, at every instant, of whomever', async () => {
    const anyMove = fc.record({
      secondsAfter: fc.integer({ min: 0, max: 12 }),
      from_state: fc.constantFrom(...STATES),
      to_state: fc.constantFrom(...STATES),
      because: fc.constantFrom('tote: clothes', 'sneakers, not clothes', 'Straße “1” \\ {NULL}', 'NULL', ''),
      simulated: fc.boolean(),
    });
    const batches = fc.array(
      fc.record({
        moves: fc.array(anyMove, { maxLength: 9 }),
        chunk: fc.integer({ min: 1, max: 4 }),
        rows: fc.integer({ min: 0, max: 3 }),
      }),
      { minLength: 1, maxLength: 4 },
    );
    const anyInstant = fc.constantFrom(T - 1, T, T + 5_000, T + 5_999, T + 12_000);
    const same = async (all: readonly Move[], most: number, instant: number) => {
      for (const whose of WHOSE)
        for (const untilMs of [undefined, instant])
          expect(await read(pool, most, whose, untilMs)).toEqual(plainLog(all, most, whose, untilMs));
    };
    await fc.assert(
      fc.asyncProperty(batches, fc.integer({ min: 1, max: 9 }), anyInstant, async (given, most, instant) => {
        await pool.query('TRUNCATE behaviour_log, behaviour_log_chunks');
        const all: Move[] = [];
        for (const { moves, chunk, rows } of given) {
          const made = moves.map(({ secondsAfter, ...move }) => aMove(secondsAfter, move));
          await write(pool, made);
          all.push(...made);
          await same(all, most, instant);
          await packLog(pool, GOES_ON, { chunk, rows });
          await same(all, most, instant);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('chunks are whole, of one kind, and the newest moves of each kind stay rows', async () => {
    const moves = [...Array(11).keys()].map((n) => aMove(n, { simulated: n % 3 === 0 }));
    await write(pool, moves);
    await packLog(pool, GOES_ON, { chunk: 2, rows: 3 });
    // Of seven real ones four are packed, of four simulated ones none.
    expect(await sizes(pool)).toEqual({ rows: 7, chunks: 2, packed: 4 });
    await packLog(pool, GOES_ON, { chunk: 2, rows: 2 });
    expect(await sizes(pool)).toEqual({ rows: 5, chunks: 3, packed: 6 });
    await packLog(pool, GOES_ON);
    expect(await sizes(pool)).toEqual({ rows: 5, chunks: 3, packed: 6 });
    expect(await read(pool, 20)).toEqual(plainLog(moves, 20, USUAL));
  });

  it('two that pack at the same time pack each move once, and who reads meanwhile misses none', async () => {
    const moves = [...Array(600).keys()].map((n) => aMove(n, { simulated: n % 2 === 0 }));
    await write(pool, moves);
    let packing = true;
    const packers = Promise.all(
      [pool, openTestPool(url)].map((one) => packLog(one, GOES_ON, { chunk: 4, rows: 0 })),
    ).finally(() => {
      packing = false;
    });
    const asked = [
      [600, T + 700_000],
      [40, T + 300_000],
    ] as const;
    do {
      for (const [most, untilMs] of asked)
        expect(await read(pool, most, USUAL, untilMs)).toEqual(plainLog(moves, most, USUAL, untilMs));
    } while (packing);
    await packers;
    expect(await sizes(pool)).toEqual({ rows: 0, chunks: 150, packed: 600 });
  });

  it('who packs waits for another that does, and finds none of its moves gone', async () => {
    const moves = [...Array(10).keys()].map((n) => aMove(n));
    await write(pool, moves);
    const letGo = await holdPacking();
    const first = packLog(pool, GOES_ON, { chunk: 4, rows: 3 });
    await waiting(1);
    const second = packLog(pool, GOES_ON, { chunk: 6, rows: 0 });
    await waiting(2);
    await letGo();
    await Promise.all([first, second]);
    const { rows } = await pool.query(
      'SELECT cardinality(order_ids) AS size FROM behaviour_log_chunks ORDER BY first_seq',
    );
    expect(rows).toEqual([{ size: 4 }, { size: 6 }]);
    expect(await read(pool, 10)).toEqual(plainLog(moves, 10, USUAL));
  });

  it('who dies while packing has packed nothing, and the next one packs it all', async () => {
    const moves = [0, 1, 2, 3].map((n) => aMove(n));
    await write(pool, moves);
    const letGo = await holdPacking();
    const dying = expect(packLog(openTestPool(url), GOES_ON, { chunk: 4, rows: 0 })).rejects.toThrow();
    await eventually(async () => {
      const { rowCount } = await pool.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%INSERT INTO behaviour_log_chunks%'`,
      );
      return rowCount === 1;
    });
    await dying;
    await letGo();
    expect(await sizes(pool)).toEqual({ rows: 4, chunks: 0, packed: 0 });
    await packLog(pool, GOES_ON, { chunk: 4, rows: 0 });
    expect(await sizes(pool)).toEqual({ rows: 0, chunks: 1, packed: 4 });
    expect(await read(pool, 9)).toEqual(plainLog(moves, 9, USUAL));
  });

  it('who is to end packs no further chunk', async () => {
    await write(
      pool,
      [0, 1, 2, 3].map((n) => aMove(n)),
    );
    await packLog(pool, AbortSignal.abort(), { chunk: 1, rows: 0 });
    expect(await sizes(pool)).toMatchObject({ rows: 4 });
  });

  it('an empty log has nothing to pack', async () => {
    await packLog(pool, GOES_ON, { chunk: 1, rows: 0 });
    expect(await sizes(pool)).toEqual({ rows: 0, chunks: 0, packed: 0 });
    expect(await read(pool, 9, USUAL, T)).toEqual([]);
  });
});

describe('what is unpacked of the log', () => {
  const moves = [...Array(12).keys()].map((n) => aMove(n, { simulated: n >= 8 }));
  const real: Whose = { ...USUAL, simulated: 'exclude' };

  /** Damages the chunks in which these moves are, so that unpacking one is an error. */
  const damage = (...of: readonly number[]) =>
    pool.query(
      `UPDATE behaviour_log_chunks SET gaps = array_fill(9223372036854775807, ARRAY[cardinality(gaps)])
       WHERE order_ids && $1::uuid[]`,
      [of.map((n) => moves[n]?.order_id)],
    );

  it('a chunk that is damaged is an error for who needs it, and for nobody else', async () => {
    await write(pool, moves);
    await packLog(pool, GOES_ON, { chunk: 2, rows: 2 });
    // Chunks of 0–1, 2–3, 4–5, and of 8–9 of the simulated ones; 6, 7, 10 and 11 are rows.
    expect(await sizes(pool)).toEqual({ rows: 4, chunks: 4, packed: 8 });
    await damage(4, 8);
    await expect(readLog(pool, 3, real, T + 5_000)).rejects.toThrow('out of range');
    // What is newer, what happened before it, and what is of others.
    expect(await read(pool, 2, USUAL)).toEqual(plainLog(moves, 2, USUAL));
    for (const untilMs of [T + 3_000, T + 1_000, T - 1])
      expect(await read(pool, 4, USUAL, untilMs)).toEqual(plainLog(moves, 4, USUAL, untilMs));
    expect(await read(pool, 2, real, T + 9_000)).toEqual(plainLog(moves, 2, real));
  });

  it('enough moves are found without the chunks of long before', async () => {
    await write(pool, moves);
    await packLog(pool, GOES_ON, { chunk: 2, rows: 0 });
    await damage(0);
    expect(await read(pool, 2, real, T + 5_000)).toEqual(plainLog(moves, 2, real, T + 5_000));
  });

  it('a late move is found among younger ones', async () => {
    const late = [aMove(50), aMove(1), aMove(51), aMove(52)];
    await write(pool, late);
    await packLog(pool, GOES_ON, { chunk: 4, rows: 0 });
    expect(await read(pool, 9, USUAL, T + 1_000)).toEqual([late[1]].map((move) => entryOf(move as Move)));
  });

  it('a packed move is gone with its event', async () => {
    await write(pool, moves);
    await packLog(pool, GOES_ON, { chunk: 2, rows: 0 });
    await pool.query('DELETE FROM events WHERE order_id = $1', [moves[4]?.order_id]);
    expect(await read(pool, 9, real)).toEqual(plainLog(moves.toSpliced(4, 1), 9, real));
  });
});

describe('since when the log is kept', () => {
  /** A database of the version that deleted moves, with the log from `first` on. */
  async function earlierDatabase(moves: readonly Move[], first: number): Promise<Pool> {
    const folder = temporaryFolder();
    for (const name of readdirSync(path.join(packageRoot, 'migrations')))
      if (name < '0035') copyFileSync(path.join(packageRoot, 'migrations', name), path.join(folder, name));
    const earlier = openTestPool(await emptyDatabase());
    await migrate(earlier, testLog, 'UTC', folder);
    await write(earlier, moves);
    await earlier.query('DELETE FROM behaviour_log WHERE seq <= $1', [first]);
    await migrate(earlier, testLog, 'UTC');
    return earlier;
  }
  const moves = [0, 1, 2, 3].map((n) => aMove(n));

  it('a log of which an earlier version deleted moves says since when it is kept, packed or not', async () => {
    const earlier = await earlierDatabase(moves, 1);
    expect(await logKeptSince(earlier)).toBe(moves[1]?.at);
    await packLog(earlier, GOES_ON, { chunk: 3, rows: 0 });
    expect(await logKeptSince(earlier)).toBe(moves[1]?.at);
    expect(await read(earlier, 9)).toEqual(plainLog(moves.slice(1), 9, USUAL));
  });

  it('a log that is whole says nothing, also where its first number was never used', async () => {
    expect(await logKeptSince(await earlierDatabase(moves, 0))).toBeUndefined();
    await pool.query(`SELECT nextval(pg_get_serial_sequence('behaviour_log', 'seq'))`);
    await write(pool, moves);
    expect(await logKeptSince(pool)).toBeUndefined();
  });
});
