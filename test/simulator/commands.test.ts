// `simulate` as somebody uses it who has not read how: help, options that are another command's, a shop that is not there, a full disk.

import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { readLedger } from '../../src/simulator/ledger/read.ts';
import { runHere } from '../support/command.ts';
import { type Line, startLine, temporaryFolder } from '../support/line.ts';
import { freePort } from '../support/ports.ts';
import { smallDisk } from '../support/small-disk.ts';
import { differences, FULL_DISK, leave, onlyLedger } from './simulate.ts';

describe('the help of simulate', () => {
  it('the help of simulate has the options of a run, which needs no name, and its commands', async () => {
    const { code, stdout } = await runHere(['simulate', '--help']);
    expect(code).toBe(0);
    for (const words of ['--users', '--rate', '--chaos', '--dry-run', 'replay [options]', 'verify [options]'])
      expect(stdout).toContain(words);
  });
});

describe('an option', () => {
  it.each([
    [['--speed', '10x'], '--speed'],
    [['--longest-gap', '5s'], '--longest-gap'],
    [['--loop'], '--loop'],
    [['--keep-timing', '--dry-run'], '--keep-timing'],
    [['--from', '2026-03-02T09:00:00Z'], '--from'],
  ])('an option of a replay is no option of a run: %j', async (args, name) => {
    const ended = await runHere(['simulate', ...args]);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toBe(
      `simulate: received ${name}, which only a replay has, expected --replay FILE with it\n`,
    );
  });

  it.each([
    ['--rate', '5'],
    ['--users', '5'],
    ['--duration', '5s'],
    ['--target', 'http'],
    ['--scenario', 'x.yaml'],
    ['--url', 'http://127.0.0.1:1'],
  ])('an option of a run is no option of a replay: %s', async (name, value) => {
    const ended = await runHere(['simulate', '--replay', 'x.csv', name, value]);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain(`received ${name} with --replay`);
  });

  it.each([
    ['--rate', '-5', 'rate: received "-5"'],
    ['--rate', '0', 'rate: received "0"'],
    ['--duration', '0s', 'duration: received "0s"'],
    ['--duration', 'ten minutes', 'duration: received "ten minutes"'],
    ['--persona', 'nobody', 'persona: received "nobody", expected window-shopper'],
    ['--chaos', 'late=150%', 'share: received "150%"'],
    ['--chaos', 'lateness=5%', 'chaos: received "lateness=5%"'],
    ['--url', 'the shop', 'url: received "the shop", expected one as http://127.0.0.1:3000'],
    ['--url', 'ftp://127.0.0.1', 'url: received "ftp://127.0.0.1"'],
  ])('an option that can’t be used is one line, and exit code 2: %s %s', async (name, value, words) => {
    const ended = await runHere(['simulate', name, value]);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr.trimEnd().split('\n')).toEqual([expect.stringContaining(words)]);
  });
});

describe('a run', { timeout: 240_000 }, () => {
  let line: Line;
  let env: Record<string, string>;
  beforeAll(async () => {
    line = await startLine({ settings: { RATE_LIMIT: 'off' } });
    const { KAFKA_BROKERS: brokers = [], DATA_DIR: dataDir } = line.config;
    env = { KAFKA_BROKERS: brokers.join(','), DATA_DIR: dataDir, PORT: new URL(line.url).port };
  });

  it('at a shop that is not there says so at once, and leaves no ledger', async () => {
    const dataDir = temporaryFolder();
    const url = `http://127.0.0.1:${await freePort()}`;
    const ended = await runHere(['simulate', '--url', url], { ...env, DATA_DIR: dataDir });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(
      /^simulate: the shop at http:\S+ does not answer \(connect ECONNREFUSED .*\); npm start starts one, --url names another\n$/,
    );
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('a run whose ledger’s disk is full ends and names it, and what it wrote down is there', async ({
    skip,
  }) => {
    const disk = smallDisk(1);
    if (disk === undefined) return skip('no right to mount a tmpfs');
    leave(disk.folder, 24);
    const ended = await runHere(['simulate', '--rate', '40', '--users', '160'], {
      ...env,
      DATA_DIR: disk.folder,
    });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(FULL_DISK);
    const file = onlyLedger(disk.folder);
    const { entries, ended: whole } = await readLedger(file);
    expect(entries.length).toBeGreaterThan(10);
    expect(whole).toBe(false);
    expect(await differences(line, file)).toEqual([]);
  });
});
