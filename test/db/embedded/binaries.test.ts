import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { findBinaries, linkLibraries } from '../../../src/db/embedded/binaries.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

it('the binaries of this platform are programs of one PostgreSQL', async () => {
  const { initdb, postgres } = await findBinaries();
  const [made, served] = [initdb, postgres].map((file) =>
    execFileSync(file, ['--version'], { encoding: 'utf8' }),
  );
  expect(made).toMatch(/^initdb \(PostgreSQL\) \d+\.\d+/);
  expect(served?.replace(/^postgres /, '')).toBe(made?.replace(/^initdb /, ''));
});

it('a platform without binaries is told, with what to do', async () => {
  const { arch } = process;
  onTestFinished(() => void Object.defineProperty(process, 'arch', { value: arch }));
  Object.defineProperty(process, 'arch', { value: 'vax' });
  await expect(findBinaries()).rejects.toMatchObject({
    code: 'EMBEDDED_START',
    message: expect.stringMatching(/^there is no embedded PostgreSQL for \w+-vax; set DATABASE_URL/),
  });
});

/** A package with two libraries, and links to be made to them. */
function packageOf(links: readonly { readonly source: string; readonly target: string }[]): string {
  const folder = temporaryFolder();
  mkdirSync(path.join(folder, 'native', 'lib'), { recursive: true });
  for (const name of ['libpq.so.5.18', 'libicu.so.60.2'])
    writeFileSync(path.join(folder, 'native', 'lib', name), name);
  writeFileSync(path.join(folder, 'native', 'pg-symlinks.json'), JSON.stringify(links));
  return folder;
}

it("a package's links are made where npm has not made them, relative to where they are", async () => {
  const folder = packageOf([
    { source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' },
    { source: 'native/lib/libicu.so.60.2', target: 'native/lib/more/libicu.so' },
  ]);
  await linkLibraries(folder);
  expect(readlinkSync(path.join(folder, 'native/lib/libpq.so.5'))).toBe('libpq.so.5.18');
  expect(readFileSync(path.join(folder, 'native/lib/more/libicu.so'), 'utf8')).toBe('libicu.so.60.2');
});

it('links that are there already stay as they are', async () => {
  const folder = packageOf([{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so' }]);
  symlinkSync('libicu.so.60.2', path.join(folder, 'native/lib/libpq.so'));
  await linkLibraries(folder);
  await linkLibraries(folder);
  expect(readlinkSync(path.join(folder, 'native/lib/libpq.so'))).toBe('libicu.so.60.2');
});

it('a package that lists no links has none to make', async () => {
  await expect(linkLibraries(temporaryFolder())).resolves.toBeUndefined();
});
