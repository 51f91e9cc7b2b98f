// What `npm pack` ships, started as a user does who has nothing else. PACKAGE_NPX=1 (npm run test:package) installs it by npx in an empty
// folder; without it, the installed packages of this clone stand in for npm's.

import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import request from 'supertest';
import { expect, it } from 'vitest';
import { packageRoot } from '../src/runtime/paths.ts';
import { type Packed, pack } from './support/pack.ts';
import { type Invocation, programSettings, startProgram } from './support/program.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const BY_NPX = process.env.PACKAGE_NPX === '1';

/** A call of the packed program in a folder that holds nothing. */
function invocationOf({ filename }: Packed, folder: string): Invocation {
  const cwd = path.join(folder, 'empty');
  mkdirSync(cwd);
  if (BY_NPX) {
    const npx = ['--yes', '--prefer-offline', `--package=file:${filename}`, 'shopstream'];
    // npm installs first.
    return { command: ['npx', ...npx], cwd, seconds: 300 };
  }
  execFileSync('tar', ['-xzf', filename, '-C', folder]);
  symlinkSync(path.join(packageRoot, 'node_modules'), path.join(folder, 'package', 'node_modules'));
  return { command: [process.execPath, path.join(folder, 'package', 'dist', 'src', 'main.js')], cwd };
}

it('the packed program starts the shop in an empty folder', { timeout: 400_000 }, async () => {
  const folder = temporaryFolder();
  const invocation = invocationOf(pack(folder), folder);
  const env = { ...(await programSettings('new')), DATA_DIR: path.join(folder, 'empty', 'data') };
  const program = await startProgram(env, [], invocation);
  for (const page of ['/', '/product/clothes', '/dashboard', '/css/base.css', '/vendor/chart.umd.min.js'])
    await request(program.url).get(page).expect(200);
  const code = await program.stop();
  // Ctrl-C reaches npx too, which ends by it.
  expect(code).toBe(BY_NPX ? null : 0);
});
