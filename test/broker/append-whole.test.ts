import { appendFileSync, closeSync, openSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { appendWhole, TO_APPEND_OR_MAKE } from '../../src/broker/append-whole.ts';
import { failing } from './failing-disk.ts';
import { testFolder } from './running-broker.ts';

test('an append goes to the end that is known, over what a failed one has left behind it', () => {
  const file = `${testFolder()}/file`;
  const fd = openSync(file, TO_APPEND_OR_MAKE);
  appendWhole(fd, Buffer.from('first,'), 0);
  appendFileSync(file, 'torn');
  appendWhole(fd, Buffer.from('second'), 6);
  closeSync(fd);
  expect(readFileSync(file, 'utf8')).toBe('first,second');
});

test('an append whose fsync fails leaves nothing', () => {
  const file = `${testFolder()}/file`;
  const fd = openSync(file, TO_APPEND_OR_MAKE);
  const finish = () => {
    throw new Error('fsync failed');
  };
  expect(() => appendWhole(fd, Buffer.from('never'), 0, finish)).toThrow('fsync failed');
  expect(readFileSync(file, 'utf8')).toBe('');
  failing(['ftruncateSync'], () => {
    expect(() => appendWhole(fd, Buffer.from('torn entry'), 0, finish)).toThrow('EIO');
  });
  appendWhole(fd, Buffer.from('whole entry'), 0);
  closeSync(fd);
  expect(readFileSync(file, 'utf8')).toBe('whole entry');
});
