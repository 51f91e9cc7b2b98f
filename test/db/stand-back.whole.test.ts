// Which processes of a running program stand back, by the nice values that /proc tells (proc(5)).

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { expect, it } from 'vitest';
import { STOOD_BACK } from '../../src/db/stand-back.ts';
import { openTestPool } from '../support/database.ts';
import { eventually } from '../support/line.ts';
import { programSettings, startProgram } from '../support/program.ts';

/** Behind the process's name, which may hold any character. */
const NICE = 16;

const niceOf = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ')[NICE]);

const partOf = (supervisor: number, part: string): number =>
  Number(
    execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' })
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .find(([, parent, ...words]) => Number(parent) === supervisor && words.at(-1) === part)?.[0],
  );

it.runIf(process.platform === 'linux')(
  'followers and their connections to the embedded server stand back, what stores does not',
  async () => {
    const program = await startProgram(await programSettings(), ['postgres', 'broker', 'ingest', 'live']);
    const pool = openTestPool(program.databaseUrl());
    const backendsOf = async (part: string) => {
      const { rows } = await pool.query<{ pid: number }>(
        'SELECT pid FROM pg_stat_activity WHERE application_name = $1',
        [`shopstream ${part}`],
      );
      return rows.map(({ pid }) => niceOf(pid));
    };
    const usual = getPriority();
    const behind = Math.max(usual, STOOD_BACK);
    await eventually(async () => {
      const [live, ingest] = [await backendsOf('live'), await backendsOf('ingest')];
      return live.length > 0 && ingest.length > 0 && live.every((nice) => nice === behind);
    });
    expect(niceOf(partOf(program.pid, 'live'))).toBe(behind);
    expect(niceOf(partOf(program.pid, 'ingest'))).toBe(usual);
    expect(new Set(await backendsOf('ingest'))).toEqual(new Set([usual]));
  },
  240_000,
);
