// The same seed and clock give the same bytes on Node 20 and 24, in every zone and language. The other Node comes by npm, from where it is
// kept for the next time; NODE_20 or NODE_24 name one that is there already. Where there is none the test fails and says so.

import { execFileSync, spawn } from 'node:child_process';
import { hash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { fileOf, replicaText } from '../seed/support.ts';
import { MAIN } from '../support/command.ts';

const FETCH_MS = 300_000;
const MAJORS = [20, 24] as const;
type Major = (typeof MAJORS)[number];

/** The path of a Node of this major version. @throws {Error} where it is not there and can't be fetched */
function nodeOf(major: Major): string {
  const named = process.env[`NODE_${major}`];
  if (named !== undefined) return checked(named, major);
  if (majorOf(process.version) === major) return process.execPath;
  const cache = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'shopstream');
  const folder = path.join(cache, `node-${major}`);
  const node = path.join(folder, 'node_modules', 'node', 'bin', 'node');
  if (!existsSync(node)) {
    mkdirSync(folder, { recursive: true });
    try {
      const given = ['install', '--no-audit', '--no-fund', '--no-save', '--prefix', folder, `node@${major}`];
      execFileSync('npm', given, { stdio: 'pipe', timeout: FETCH_MS });
    } catch (error) {
      const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
      throw new Error(`Node ${major} can't be fetched by npm, and NODE_${major} names none:\n${said}`);
    }
  }
  return checked(node, major);
}

const majorOf = (version: string) => Number(/^v(\d+)\./.exec(version)?.[1]);

function checked(node: string, major: Major): string {
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' });
  if (majorOf(version) !== major) throw new Error(`${node} is ${version.trim()}, expected Node ${major}`);
  return node;
}

type Printed = { readonly bytes: number; readonly digest: string };

/** What a command prints to its standard output. */
async function print(
  node: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Printed> {
  const child = spawn(node, [MAIN, 'simulate', ...args], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: Buffer[] = [];
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect([code, said]).toEqual([0, expect.stringContaining(' events; again')]);
  const all = Buffer.concat(chunks);
  return { bytes: all.length, digest: hash('sha256', all) };
}

const CLOCK = ['--clock', '2026-03-29T00:30:00Z'];
const PLACES: readonly Readonly<Record<string, string>>[] = [
  { TZ: 'UTC', LANG: 'C' },
  { TZ: 'Europe/Berlin', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
  { TZ: 'Asia/Kathmandu', LANG: 'ar_EG.UTF-8', LC_ALL: 'ar_EG.UTF-8' },
  { TZ: 'America/St_Johns', LANG: 'de_DE.UTF-8', LC_NUMERIC: 'de_DE.UTF-8', TIME_ZONE: 'America/St_Johns' },
];

describe('a dry run with the same seed and clock', { timeout: 300_000 }, () => {
  let nodes: readonly string[] = [];
  beforeAll(() => {
    nodes = MAJORS.map(nodeOf);
  }, 2 * FETCH_MS);

  const expectSame = async (args: readonly string[], least: number): Promise<Printed> => {
    const first = await print(nodes[0] ?? '', args, PLACES[0] ?? {});
    expect(first.bytes).toBeGreaterThan(least);
    for (const [n, node] of nodes.entries())
      for (const place of PLACES) {
        const printed = await print(node, args, place);
        expect({ node: MAJORS[n], place, ...printed }).toEqual({ node: MAJORS[n], place, ...first });
      }
    return first;
  };

  it('a dry run with the same seed and clock prints the same bytes on both, wherever it is, with every fault', async () => {
    const run = ['--dry-run', ...CLOCK, '--users', '200', '--rate', '100', '--chaos', 'all=5%'];
    const one = await expectSame([...run, '--duration', '1m', '--seed', '1'], 1_000_000);
    const other = await print(nodes[0] ?? '', [...run, '--duration', '1m', '--seed', '2'], {});
    expect(other.digest).not.toBe(one.digest);
  });

  it('a dry run with the same seed and clock prints the same bytes over a week with its hours, across a change of the clocks', async () => {
    const run = ['--dry-run', ...CLOCK, '--users', '20', '--rate', '0.02', '--duration', '7d'];
    await expectSame([...run, '--curve', 'week', '--seed', '9007199254740991'], 1_000_000);
  });

  it('a dry run with the same seed and clock prints the same bytes of a recorded file', async () => {
    const file = await fileOf(replicaText(1_000).toString(), 'recorded.csv');
    await expectSame(
      ['replay', file, '--dry-run', ...CLOCK, '--speed', '10x', '--chaos', 'late=10%'],
      100_000,
    );
  });
});
