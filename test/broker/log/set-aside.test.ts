import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { setAside, setStrangersAside } from '../../../src/broker/log/set-aside.ts';
import { SILENT } from '../../../src/broker/options.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

function folderOf(...names: readonly string[]): string {
  const folder = temporaryFolder();
  for (const name of names) {
    mkdirSync(`${folder}/${name}`);
    writeFileSync(`${folder}/${name}/file`, name);
  }
  return folder;
}

test('folders that nobody owns are renamed with all that is in them, those of before stay as they are', () => {
  const folder = folderOf('own-0', 'stranger-0', 'old-0~5');
  const warned: unknown[] = [];
  setStrangersAside(folder, new Set(['own-0']), 7, {
    ...SILENT,
    warn: (details) => void warned.push(details),
  });
  expect(readdirSync(folder).sort()).toEqual(['old-0~5', 'own-0', 'stranger-0~7']);
  expect(readdirSync(`${folder}/stranger-0~7`)).toEqual(['file']);
  expect(warned).toEqual([{ folder: `${folder}/stranger-0`, renamed: `${folder}/stranger-0~7` }]);
});

test('a folder that is not there is none to rename', () => {
  const folder = folderOf();
  setAside(`${folder}/nothing-0`, 7, SILENT);
  expect(readdirSync(folder)).toEqual([]);
});

test('the folders of the longest name are renamed, too, each with the number of its partition', () => {
  const longest = 'x'.repeat(249);
  const folder = folderOf(`${longest}-0`, `${longest}-1999`);
  const now = 1_700_000_000_000;
  setStrangersAside(folder, new Set(), now, SILENT);
  const ends = readdirSync(folder).map((name) => name.slice(name.lastIndexOf('x') + 1));
  expect(ends.sort()).toEqual([`-0~${now}`, `-1999~${now}`].sort());
});
