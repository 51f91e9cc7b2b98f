import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Journal } from '../../src/broker/journal.ts';
import { type BrokerLog, SILENT } from '../../src/broker/options.ts';
import { smallDisk } from '../support/small-disk.ts';
import { failing } from './failing-disk.ts';
import { testFolder } from './running-broker.ts';

test('the last value of each key survives, removed keys do not', () => {
  const file = `${testFolder()}/journal`;
  const journal = new Journal(file);
  journal.set([
    [['topic', 'a'], 1],
    [['topic', 'b'], { deep: true }],
  ]);
  journal.set([
    [['topic', 'a'], 2],
    [['topic', 'b'], null],
    [['offset', 'g', 'a', 0], 'x'],
  ]);
  journal.close();
  const again = new Journal(file);
  expect([...again.entries('topic')]).toEqual([[['topic', 'a'], 2]]);
  expect([...again.entries('offset')]).toEqual([[['offset', 'g', 'a', 0], 'x']]);
  again.close();
});

test('a journal cut at every byte of its last entry keeps the entries before it', () => {
  const folder = testFolder();
  const journal = new Journal(`${folder}/journal`);
  journal.set([[['k', 1], 'first']]);
  const { size: before } = statSync(`${folder}/journal`);
  journal.set([[['k', 2], 'second']]);
  journal.close();
  const whole = readFileSync(`${folder}/journal`);
  for (let size = before; size < whole.length; size++) {
    const file = `${folder}/cut-${size}`;
    writeFileSync(file, whole.subarray(0, size));
    const cut = new Journal(file);
    expect([...cut.entries('k')]).toEqual([[['k', 1], 'first']]);
    cut.set([[['k', 3], 'third']]);
    cut.close();
    const again = new Journal(file);
    expect([...again.entries('k')]).toHaveLength(2);
    again.close();
  }
});

type Line = { readonly level: string; readonly details: { readonly kept?: string } };

/** A log that keeps what was said at warn and error. */
function listening(): { readonly log: BrokerLog; readonly lines: Line[] } {
  const lines: Line[] = [];
  const at = (level: string) => (details: object) => void lines.push({ level, details });
  return { log: { ...SILENT, warn: at('warn'), error: at('error') }, lines };
}

test('a rotten byte anywhere costs its own entry alone, is said, and what was damaged is kept', () => {
  const folder = testFolder();
  const journal = new Journal(`${folder}/journal`);
  const ends = [1, 2, 3].map((n) => {
    journal.set([[['k', n], `value ${n}`]]);
    return journal.bytes;
  });
  journal.close();
  const whole = readFileSync(`${folder}/journal`);
  const [begin = 0, end = 0] = ends;
  for (let at = begin; at < end; at++) {
    const file = `${folder}/rotten-${at}`;
    const rotten = Buffer.from(whole);
    rotten[at] = (rotten[at] ?? 0) ^ 0x11;
    writeFileSync(file, rotten);
    const { log, lines } = listening();
    const opened = new Journal(file, log);
    expect([...opened.entries('k')].map(([, value]) => value)).toEqual(['value 1', 'value 3']);
    expect(lines).toEqual([
      {
        level: 'error',
        details: { file, damaged: [{ at: begin, bytes: end - begin }], kept: expect.stringContaining(file) },
      },
    ]);
    expect(readFileSync(lines[0]?.details.kept ?? '')).toEqual(rotten.subarray(begin));
    opened.set([[['k', 4], 'value 4']]);
    opened.close();
    const later = listening();
    const again = new Journal(file, later.log);
    expect([...again.entries('k')]).toHaveLength(3);
    expect(later.lines).toEqual([]);
    again.close();
  }
});

test.each([
  ['a part of an entry', 'warn', Buffer.from([0, 0, 0, 99, 1, 2, 3, 4, 0x5b])],
  ['zeros, as a power failure leaves them', 'warn', Buffer.alloc(4096)],
  ['an entry with a wrong CRC', 'error', Buffer.from([0, 0, 0, 2, 1, 2, 3, 4, 0x5b, 0x5d])],
])(
  'a journal that ends in %s keeps the entries before it, says so, and keeps what it cuts off',
  (_, level, tail) => {
    const file = `${testFolder()}/journal`;
    const journal = new Journal(file);
    journal.set([[['k', 1], 'first']]);
    const { bytes: at } = journal;
    journal.close();
    appendFileSync(file, tail);
    const { log, lines } = listening();
    const opened = new Journal(file, log);
    expect([...opened.entries('k')]).toEqual([[['k', 1], 'first']]);
    expect(lines).toEqual([{ level, details: { file, at, cut: tail.length, kept: expect.any(String) } }]);
    expect(readFileSync(lines[0]?.details.kept ?? '')).toEqual(tail);
    opened.close();
    expect(statSync(file).size).toBe(at);
  },
);

test('a journal of outdated entries is written anew and stays small', () => {
  const file = `${testFolder()}/journal`;
  const journal = new Journal(file);
  for (let i = 0; i < 30_000; i++) journal.set([[['offset', 'group', 'topic', i % 10], { offset: i }]]);
  expect(statSync(file).size).toBeLessThan(1_200_000);
  journal.close();
  const again = new Journal(file);
  expect([...again.entries('offset')]).toHaveLength(10);
  expect([...again.entries('offset')].at(-1)?.[1]).toEqual({ offset: 29_999 });
  again.close();
});

test('a journal that there is no room to write anew takes changes all the same', ({ skip }) => {
  const disk = smallDisk(2);
  if (disk === undefined) return skip('no right to mount a tmpfs');
  const file = `${disk.folder}/journal`;
  const journal = new Journal(file);
  const value = 'x'.repeat(10_000);
  for (let i = 0; i < 150; i++) journal.set([[['k', i], value]]);
  expect(statSync(file).size).toBeGreaterThan(1024 * 1024);
  expect(existsSync(`${file}.new`)).toBe(false);
  journal.close();
  const again = new Journal(file);
  expect([...again.entries('k')]).toHaveLength(150);
  again.close();
});

test('a change whose fsync failed is not there, and those after it are', () => {
  const file = `${testFolder()}/journal`;
  const journal = new Journal(file);
  journal.set([[['k', 1], 'first']], true);
  failing(['fsyncSync'], () => {
    expect(() => journal.set([[['k', 2], 'refused']], true)).toThrow('EIO');
  });
  expect(journal.get(['k', 2])).toBeUndefined();
  journal.set([[['k', 3], 'third']]);
  // What fails after that must not cut off what was taken.
  failing(['writeSync'], () => {
    expect(() => journal.set([[['k', 4], 'refused']])).toThrow('EIO');
  });
  journal.close();
  const again = new Journal(file);
  expect([...again.entries('k')].map(([, value]) => value)).toEqual(['first', 'third']);
  again.close();
});
