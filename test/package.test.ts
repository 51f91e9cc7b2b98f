// What `npm pack` ships; package.whole starts it.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../src/runtime/paths.ts';
import { pack } from './support/pack.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

it('the package has what runs, and nothing of tests, benches and scripts', () => {
  const paths = pack(temporaryFolder()).files.map((file) => file.path);
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
