// What `npm pack` ships, started as a user does who has nothing else. PACKAGE_NPX=1 (npm run test:package) installs it by npx in an empty
// folder; without it, the installed packages of this clone stand in for npm's.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import request from 'supertest';
import { expect, it } from 'vitest';
import { packageRoot } from '../src/runtime/paths.ts';
import { type Invocation, programSettings, startProgram } from './support/program.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const BY_NPX = process.env.PACKAGE_NPX === '1';

type Packed = { readonly filename: string; readonly files: readonly { readonly path: string }[] };

/** The tarball, of what the run's setup has built. */
const packed = pack(temporaryFolder());

function pack(folder: string): Packed {
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const [made] = JSON.parse(execFileSync('npm', args, { cwd: packageRoot, encoding: 'utf8' })) as Packed[];
  if (made === undefined) throw new Error('npm packed nothing');
  return { ...made, filename: path.join(folder, made.filename) };
}

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

it('the package has what runs, and nothing of tests, benches and scripts', () => {
  const paths = packed.files.map((file) => file.path);
  expect(paths.filter((name) => /^(?:test|bench|scripts|dist\/(?:bench|scripts|test))\b/.test(name))).toEqual(
    [],
  );
  expect(paths.filter((name) => /\.(?:ts|map|tsbuildinfo)$/.test(name))).toEqual([]);
  expect(paths).toEqual(
    expect.arrayContaining([
      'LICENSE',
      'README.md',
      'dist/src/main.js',
      'dist/chunks/seed/commands.js',
      'dist/wasm/plain-rows.wasm',
    ]),
  );
});

it('the container has every folder that the package has', () => {
  const { files } = JSON.parse(readFileSync(path.join(packageRoot, 'package.json'), 'utf8')) as {
    readonly files: readonly string[];
  };
  const copied = readFileSync(path.join(packageRoot, 'Dockerfile'), 'utf8');
  const folders = files.map((file) => file.split('/')[0]);
  expect(
    folders.filter((folder) => !new RegExp(`^COPY .*\\b${folder} ${folder}$`, 'm').test(copied)),
  ).toEqual([]);
});

it('the packed program starts the shop in an empty folder', { timeout: 400_000 }, async () => {
  const folder = temporaryFolder();
  const invocation = invocationOf(packed, folder);
  const env = { ...(await programSettings('new')), DATA_DIR: path.join(folder, 'empty', 'data') };
  const program = await startProgram(env, [], invocation);
  for (const page of ['/', '/product/clothes', '/dashboard', '/css/base.css', '/vendor/chart.umd.min.js'])
    await request(program.url).get(page).expect(200);
  const code = await program.stop();
  // Ctrl-C reaches npx too, which ends by it.
  expect(code).toBe(BY_NPX ? null : 0);
});
