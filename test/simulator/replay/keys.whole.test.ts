// A replay on a terminal, whose keys pause it, let it go on and stop it: a pseudo-terminal by `script`, the built program, a real line.

import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { readLedger } from '../../../src/simulator/ledger/read.ts';
import { MAIN, run } from '../../support/command.ts';
import { eventually, type Line, startLine, temporaryFolder } from '../../support/line.ts';
import { onlyLedger } from '../simulate.ts';

const BEGAN = Date.parse('2026-01-01T00:00:00.000Z');
/** How long after it happened each recorded event came. */
const LATE_MS = [0, 60_000, 3_600_000] as const;
const PAUSE_MS = 3_000;

let line: Line;
beforeAll(async () => {
  line = await startLine();
});

/** A file of events of one visitor, so many milliseconds apart when they came. */
function recorded(visitor: string, count: number, gapMs: number): string {
  const file = path.join(temporaryFolder(), 'recorded.ndjson');
  const lines = Array.from({ length: count }, (_, n) => {
    const cameMs = BEGAN + n * gapMs;
    const time = new Date(cameMs - (LATE_MS[n % LATE_MS.length] ?? 0)).toISOString();
    const received_at = new Date(cameMs).toISOString();
    const context = { item: 'tidal-runner', received_at };
    return JSON.stringify({ user_id: visitor, product: 'sneakers', title: 'banner_show', time, context });
  });
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

type Row = { readonly appended: number; readonly late: number };

/** The visitor's rows in the order in which they came, with how late each was. */
async function rowsOf(visitor: string): Promise<Row[]> {
  const { rows } = await line.pool.query<Row>(
    `SELECT round(1000 * extract(epoch FROM appended_at))::float8 AS appended,
       round(1000 * extract(epoch FROM appended_at - "time"))::float8 AS late
     FROM events WHERE user_id = $1 ORDER BY appended_at`,
    [visitor],
  );
  return rows;
}

const settings = () => {
  const { KAFKA_BROKERS: brokers = [], DATABASE_URL: database = '' } = line.config;
  return { KAFKA_BROKERS: brokers.join(','), DATABASE_URL: database, DATA_DIR: temporaryFolder() };
};

/** A replay on a terminal of its own. */
function onTerminal(file: string, args: readonly string[], env: Readonly<Record<string, string>>) {
  const command = [process.execPath, MAIN, 'simulate', 'replay', file, ...args].map((word) => `'${word}'`);
  const child: ChildProcess = spawn('script', ['-qec', command.join(' '), '/dev/null'], {
    env: { PATH: process.env.PATH ?? '', TERM: 'xterm', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let shown = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    shown += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    ended,
    press: (key: string) => child.stdin?.write(key),
    shows: (words: string) => eventually(() => shown.includes(words), 60),
    shown: () => shown,
  };
}

const expectVerified = async (env: Readonly<Record<string, string>>) => {
  const { code, stdout } = await run(['simulate', 'verify', '--without-sessions'], env);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/\n0 differences\n$/)]);
};

describe('a replay on a terminal', { timeout: 240_000 }, () => {
  it('a replay on a terminal pauses and goes on by the space bar: nothing is sent meanwhile, and nothing is late afterwards', async () => {
    const [visitor, count, env] = ['1'.repeat(32), 60, settings()];
    const replay = onTerminal(recorded(visitor, count, 100), [], env);
    await replay.shows('space pauses, q stops');
    await eventually(async () => (await rowsOf(visitor)).length >= 5);
    replay.press(' ');
    await replay.shows('paused; space resumes');
    const pausedAt = Date.now();
    await sleep(PAUSE_MS);
    const resumedAt = Date.now();
    replay.press(' ');
    await replay.shows('resumed\r\n');
    expect(await replay.ended).toBe(0);
    expect(replay.shown()).toMatch(/run \S+: 60 events in .*; 0 missed starts, 0 errors/);

    const rows = await eventually(async () => {
      const stored = await rowsOf(visitor);
      return stored.length === count && stored;
    });
    const meanwhile = rows.filter(({ appended }) => appended > pausedAt + 500 && appended < resumedAt - 500);
    expect(meanwhile).toEqual([]);
    const gaps = rows.slice(1).map(({ appended }, n) => appended - (rows[n]?.appended ?? 0));
    expect(gaps.filter((gap) => gap > PAUSE_MS / 2)).toHaveLength(1);
    expect(gaps.filter((gap) => gap === 100)).toHaveLength(count - 2);
    expect(rows.map(({ late }) => late)).toEqual(
      Array.from({ length: count }, (_, n) => LATE_MS[n % LATE_MS.length]),
    );
    await expectVerified(env);
  });

  it('a replay on a terminal begins again at the end until q is pressed, ten times as fast, and each event is as late as it was', async () => {
    const [visitor, count, env] = ['2'.repeat(32), 9, settings()];
    const replay = onTerminal(recorded(visitor, count, 1_000), ['--loop', '--speed', '10x'], env);
    await eventually(async () => (await rowsOf(visitor)).length > 2 * count);
    replay.press('q');
    expect(await replay.ended).toBe(0);
    const ledger = await readLedger(onlyLedger(env.DATA_DIR));
    expect(ledger).toMatchObject({ ended: false });
    expect(ledger.entries.length).toBeGreaterThan(2 * count);
    const rows = await eventually(async () => {
      const stored = await rowsOf(visitor);
      return stored.length >= ledger.entries.length && stored;
    });
    // The later ones of two that came in one millisecond may be first here: the whole is the same.
    const expected = rows.map((_, n) => LATE_MS[(n % count) % LATE_MS.length]);
    expect(rows.map(({ late }) => late).toSorted()).toEqual(expected.toSorted());
    const within = (rows[count - 1]?.appended ?? 0) - (rows[0]?.appended ?? 0);
    expect(within).toBe(((count - 1) * 1_000) / 10);
    await expectVerified(env);
  });
});
