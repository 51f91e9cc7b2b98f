import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { firstBytesOf, foreignKind, isGzip, unreadable } from '../../src/runtime/input-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const text = 'order_id,user_id\n';
const utf16 = Buffer.from(text, 'utf16le');

it.each([
  ['a zip', Buffer.from('PK\u0003\u0004rest')],
  ['packed by zstd', Buffer.from('28b52ffd0000', 'hex')],
  ['packed by bzip2', Buffer.from('BZh91AY')],
  ['text in UTF-16', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16])],
  ['text in UTF-16', Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(utf16).swap16()])],
  ['text in UTF-16', utf16],
  ['text in UTF-16', Buffer.from(utf16).swap16()],
  ['text in UTF-32', Buffer.from('fffe00006f000000', 'hex')],
  ['NUL bytes, no text', Buffer.alloc(10)],
])('%s is none that can be read as text', (kind, bytes) => {
  expect(foreignKind(bytes)).toBe(kind);
});

it.each(['', '0', '{', text, `\ufeff${text}`, 'ä', 'PK,x\n', '\n\n', 'BZ'])('%j is text', (content) => {
  expect(foreignKind(Buffer.from(content))).toBeUndefined();
});

it('the first bytes are those that are there', () => {
  const file = path.join(temporaryFolder(), 'x');
  writeFileSync(file, Buffer.from([0x1f, 0x8b]));
  expect(firstBytesOf(file)).toEqual(Buffer.from([0x1f, 0x8b]));
  expect(isGzip(firstBytesOf(file))).toBe(true);
});

it('why a file can not be read is said in words', () => {
  const folder = temporaryFolder();
  const loop = path.join(folder, 'loop');
  symlinkSync(loop, loop);
  mkdirSync(path.join(folder, 'x'));
  const why = (file: string) => {
    try {
      return readFileSync(file);
    } catch (error) {
      return unreadable(error);
    }
  };
  expect(why(loop)).toBe('a link that leads back to itself');
  expect(why(path.join(folder, 'none'))).toBe("which doesn't exist");
  expect(why(path.join(folder, 'x'.repeat(300)))).toBe('a name that is too long for a file');
  expect(why(`${folder}/a\0b`)).toBe('which has a NUL byte in its name');
  expect(why(path.join(folder, 'x'))).toMatch(/^which can't be read \(EISDIR/);
  expect(unreadable(new Error('x'))).toBeUndefined();
});
