// `simulate` at the whole program: interrupted in its middle, twice at once, faster than the shop, with a full disk; and each time `verify`
// as somebody calls it.

import { spawn } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { readLedger } from '../../src/simulator/ledger/read.ts';
import { readSecret } from '../../src/site/secret.ts';
import { MAIN, run } from '../support/command.ts';
import { LINE, type Program, programSettings, startProgram } from '../support/program.ts';
import { smallDisk } from '../support/small-disk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { FULL_DISK, leave, onlyLedger } from './simulate.ts';

let program: Program;
let env: Record<string, string>;
beforeAll(async () => {
  program = await startProgram({ ...(await programSettings()), RATE_LIMIT: 'off' }, [...LINE, 'live']);
  const { DATA_DIR, POSTGRES_PORT, KAFKA_PORT, PORT } = program.env;
  env = {
    KAFKA_BROKERS: `127.0.0.1:${KAFKA_PORT}`,
    DATABASE_URL: program.databaseUrl(),
    COOKIE_SECRET: readSecret(DATA_DIR ?? ''),
    PORT: PORT ?? '',
    POSTGRES_PORT: POSTGRES_PORT ?? '',
  };
}, 300_000);

/** A data folder of its own for ledgers. */
const place = () => ({ ...env, DATA_DIR: temporaryFolder() });

const verified = async (given: Readonly<Record<string, string>>, ...id: string[]) => {
  const { code, stdout, stderr } = await run(['simulate', 'verify', ...id], given);
  expect({ code, stdout, stderr }).toMatchObject({ code: 0, stderr: '' });
  expect(stdout).toMatch(/\n0 differences\n$/);
  return stdout;
};

/** All was done, whatever the busy machine has made of the rate. */
function expectDone(code: number | null, said: string): void {
  const failures = [...said.matchAll(/^simulate: (.*)$/gm)].map(([, words]) => words);
  expect(failures.filter((words) => !words?.includes('the rate was missed'))).toEqual([]);
  expect(code).toBe(failures.length === 0 ? 0 : 1);
}

/** Interrupts a run once it has told of some events. @returns its exit code and what it said */
async function interrupted(args: readonly string[], given: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [MAIN, 'simulate', ...args], {
    env: { PATH: process.env.PATH ?? '', ...given },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    // A line of progress comes after ten seconds.
    if (!said.includes('events,') && `${said}${chunk}`.includes('events,')) child.kill('SIGINT');
    said += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, said };
}

describe('a run', { timeout: 300_000 }, () => {
  it.each([
    ['http', '20', '100'],
    ['kafka', '300', '600'],
  ])(
    'a run that is interrupted reports what it did, and all of it is verified: %s',
    async (target, rate, users) => {
      const given = place();
      const args = [
        '--target',
        target,
        '--rate',
        rate,
        '--users',
        users,
        '--duration',
        '10m',
        '--chaos',
        'all=5%',
      ];
      const { code, said } = await interrupted(args, given);
      expectDone(code, said);
      expect(said).toMatch(/\nrun \S+: [\d,]+ events in [\d.]+ s/);
      expect(said).toMatch(/again, with version .*: npm run simulate -- --users/);
      const ledger = await readLedger(onlyLedger(given.DATA_DIR));
      expect(ledger).toMatchObject({ ended: false });
      expect(ledger.entries.length).toBeGreaterThan(50);
      expect(await verified(given)).toContain(', cut short: what it sent last may not be in the ledger');
    },
  );

  it('a run beside another one with the same visitors has a ledger of its own', async () => {
    const given = place();
    const args = ['simulate', '--target', 'kafka', '--rate', '200', '--users', '400', '--duration', '3s'];
    const both = await Promise.all([run(args, given), run(args, given)]);
    const ids = both.map(({ code, stderr }) => {
      expectDone(code, stderr);
      return /^run (\S+):/m.exec(stderr)?.[1] ?? '';
    });
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(await verified(given, id)).toContain(`run ${id}, target kafka\n`);
  });

  it('a run that can’t keep its rate says what it came to, and fails; what it did is whole', async () => {
    const given = place();
    const args = ['simulate', '--rate', '5000', '--users', '20000', '--duration', '2s'];
    const { code, stderr } = await run(args, given);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /simulate: [\d,]+ starts came more than a second late: the rate was missed, [\d.]+\/s of 5,000\/s\n/,
    );
    await verified(given);
  });

  it('a run into Kafka with a full disk ends, and what was written down is verified', async ({ skip }) => {
    const disk = smallDisk(1);
    if (disk === undefined) return skip('no right to mount a tmpfs');
    leave(disk.folder, 64);
    const given = { ...env, DATA_DIR: disk.folder };
    const { code, stderr } = await run(
      ['simulate', '--target', 'kafka', '--rate', '500', '--users', '900'],
      given,
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(FULL_DISK);
    await verified(given);
  });
});
