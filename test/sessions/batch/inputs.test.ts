import { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ExpectationError } from '../../../src/runtime/expectation-error.ts';
import { findInputs } from '../../../src/sessions/batch/inputs.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** A folder with these files; a function that gives their paths. */
function folderOf(files: Readonly<Record<string, string | Buffer>>): (name: string) => string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
  return (name) => path.join(folder, name);
}

describe('the files of a run', () => {
  it('the files of a run are numbered in the order of the bytes of their names, however they were given', () => {
    const at = folderOf({
      'b.json': '',
      'a.json': 'x',
      'B.json': '',
      'ä.json': '',
      'a10.json': '',
      'a2.json': '',
    });
    const given = ['ä.json', 'b.json', 'a2.json', 'a.json', 'B.json', 'a10.json'].map(at);
    const expected = ['B.json', 'a.json', 'a10.json', 'a2.json', 'b.json', 'ä.json'];
    for (const paths of [given, given.toReversed()]) {
      const found = findInputs(paths);
      expect(found.map(({ name }) => name)).toEqual(expected);
      expect(found.map(({ file }) => file)).toEqual([0, 1, 2, 3, 4, 5]);
    }
    expect(findInputs([at('a.json')])).toEqual([
      { file: 0, name: 'a.json', path: at('a.json'), bytes: 1, gzip: false },
    ]);
  });

  it('the files of a run have their paths for names where their base names are one', () => {
    const at = folderOf({ 'one/a.json': '', 'two/a.json': '', 'two/b.json': '' });
    const names = findInputs(['one/a.json', 'two/a.json', 'two/b.json'].map(at)).map(({ name }) => name);
    expect(names).toEqual([at('one/a.json'), at('two/a.json'), 'b.json']);
  });

  it('a run may have a thousand files, half of them with the base name of another', () => {
    const folder = temporaryFolder();
    const paths = Array.from({ length: 1_000 }, (_, index) => {
      const place = index % 4 === 3 ? 'two' : 'one';
      const part = index % 4 === 3 ? index - 1 : index;
      return path.join(folder, place, `part-${String(part).padStart(3, '0')}.json`);
    });
    for (const place of ['one', 'two']) mkdirSync(path.join(folder, place));
    for (const file of paths) writeFileSync(file, '');
    const found = findInputs(paths.toReversed());
    expect(found).toHaveLength(1_000);
    expect(found.filter(({ name, path }) => name === path)).toHaveLength(500);
    expect(found.map(({ path }) => path).toSorted()).toEqual(paths.toSorted());
    const again = path.join(folder, 'one', '..', 'two', 'part-002.json');
    expect(() => findInputs([...paths, again])).toThrow(`received ${again} twice, expected each file once`);
  });

  it('the files of a run are known for gzip by their first bytes, not by their names', () => {
    const at = folderOf({
      'plain.gz': 'text',
      'packed.json': gzipSync('text'),
      'short.gz': '\x1f',
      'empty.gz': '',
    });
    const gzip = findInputs(['plain.gz', 'packed.json', 'short.gz', 'empty.gz'].map(at)).filter(
      (one) => one.gzip,
    );
    expect(gzip.map(({ name }) => name)).toEqual(['packed.json']);
  });
});

it('what is no file of clicks is refused with what was expected', () => {
  const at = folderOf({ 'a.json': '' });
  symlinkSync(at('a.json'), at('link.json'));
  linkSync(at('a.json'), at('hard.json'));
  const said = (...paths: string[]) => {
    expect(() => findInputs(paths)).toThrow(ExpectationError);
    try {
      findInputs(paths);
    } catch (error) {
      return (error as Error).message;
    }
    return '';
  };
  expect(said()).toBe('received no file, expected at least one to read');
  expect(said(...Array(32_001).fill('a'))).toBe('received 32001 files, expected at most 32000');
  expect(said(at('none.json'))).toBe(
    `received ${at('none.json')}, which doesn't exist, expected a file of clicks`,
  );
  expect(said(at('.'))).toBe(`received the folder ${at('.')}, expected a file`);
  expect(said('/dev/null')).toContain('received /dev/null, a pipe or device, expected a file');
  expect(said(at('a.json'), at('link.json'))).toBe(
    `received ${at('link.json')} twice, expected each file once`,
  );
  expect(findInputs([at('a.json'), at('hard.json')])).toHaveLength(2);
});

it.each([
  ['a zip', Buffer.from('PK\u0003\u0004')],
  ['text in UTF-16', Buffer.from('\ufeff{"anonymous_id":"a"}\n', 'utf16le')],
])('%s is refused by what it is', (kind, content) => {
  const file = folderOf({ 'a.json': content })('a.json');
  expect(() => findInputs([file])).toThrow(
    `received ${file}, ${kind}, expected JSON lines in UTF-8, plain or gzip`,
  );
});
