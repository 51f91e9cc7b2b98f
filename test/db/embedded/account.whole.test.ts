// The account that a server of root's runs as, and that of an ordinary user.

import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { placeIn } from '../../../src/db/embedded/place.ts';
import { packageRoot } from '../../../src/runtime/paths.ts';
import { freePort } from '../../support/ports.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { postmasterOf, query, start } from '../clusters.ts';

const isRoot = process.getuid?.() === 0;

const notRoot = !isRoot && 'SKIPPED: these need root';
if (notRoot) console.warn(notRoot);

describe.skipIf(!isRoot)('as root', () => {
  it('a server that root starts runs as an account without rights, in a folder that only root may enter', async () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o700);
    const dataDir = path.join(folder, 'deep', 'data');
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const server = await start(dataDir);
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    const status = readFileSync(`/proc/${postmasterOf(dataDir)}/status`, 'utf8');
    expect(status).not.toMatch(/^Uid:\s+0\s/m);
    const capabilities = [...status.matchAll(/^Cap(Inh|Prm|Eff|Amb):\s+(\w+)$/gm)].map(([, , held]) => held);
    expect(capabilities).toEqual(Array(4).fill('0'.repeat(16)));
    await server.stop();
    const again = await start(dataDir);
    expect(again.fresh).toBe(false);
  });

  it('a server works for an ordinary user too, again and again', { timeout: 240_000 }, async ({ skip }) => {
    const nobody = { uid: 65_534, gid: 65_534 };
    const module = path.join(packageRoot, 'dist/src/db/embedded/server.js');
    if (
      spawnSync(process.execPath, ['-e', `require('fs').accessSync(${JSON.stringify(module)})`], nobody)
        .status !== 0
    ) {
      console.warn(`SKIPPED: an ordinary user can't read ${packageRoot}`);
      return skip('the clone is closed to other users');
    }
    const folder = temporaryFolder();
    chownSync(folder, nobody.uid, nobody.gid);
    const program = `
      import { startEmbeddedPostgres } from ${JSON.stringify(module)};
      const log = { info() {}, warn() {}, debug() {}, error() {} };
      const server = await startEmbeddedPostgres(${JSON.stringify(folder)}, ${await freePort()}, log);
      await server.stop();
      console.log(process.getuid(), server.fresh);`;
    const runs = [1, 2].map(() =>
      execFileSync(process.execPath, ['--input-type=module', '-e', program], {
        ...nobody,
        cwd: '/',
        encoding: 'utf8',
        env: { PATH: process.env.PATH },
      }).trim(),
    );
    expect(runs).toEqual(['65534 true', '65534 false']);
    expect(statSync(placeIn(folder).cluster).uid).toBe(nobody.uid);
  });
});
