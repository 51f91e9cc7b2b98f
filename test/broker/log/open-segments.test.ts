import { cpSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { PartitionLog } from '../../../src/broker/log/partition-log.ts';
import { judge } from '../../../src/broker/log/producers.ts';
import { readHeader } from '../../../src/broker/log/record-batch.ts';
import { batch } from '../requests.ts';
import { testFolder } from '../running-broker.ts';
import { append, baseOffsets, CONFIG, NOW, open, segments } from './a-log.ts';

test('a log cut at every byte of its last batch recovers to the last whole batch', () => {
  const folder = testFolder();
  const log = open(`${folder}/whole`);
  append(log, { values: ['a', 'b'] });
  append(log, { values: ['c'] });
  const [name = ''] = segments(`${folder}/whole`);
  const { size: before } = statSync(`${folder}/whole/${name}`);
  append(log, { values: ['d', 'e', 'f'] });
  const { size: after } = statSync(`${folder}/whole/${name}`);
  for (let size = before; size <= after; size++) {
    const copy = `${folder}/cut-${size}`;
    cpSync(`${folder}/whole`, copy, { recursive: true });
    truncateSync(`${copy}/${name}`, size);
    const cut = open(copy);
    expect(cut.endOffset).toBe(size === after ? 6 : 3);
    expect(append(cut)).toBe(cut.endOffset - 1);
    expect(baseOffsets(cut, 0)).toEqual(size === after ? [0, 2, 3, 6] : [0, 2, 3]);
    cut.close();
  }
});

test('a changed byte anywhere in the last batch cuts it off', () => {
  const folder = testFolder();
  const log = open(`${folder}/whole`);
  append(log);
  const [name = ''] = segments(`${folder}/whole`);
  const { size: before } = statSync(`${folder}/whole/${name}`);
  append(log);
  const whole = readFileSync(`${folder}/whole/${name}`);
  for (let at = before; at < whole.length; at++) {
    if (at >= before + 12 && at < before + 16) continue; // the leader epoch is outside of the checksum
    const damaged = Buffer.from(whole);
    damaged.writeUInt8(damaged.readUInt8(at) ^ 0x40, at);
    cpSync(`${folder}/whole`, `${folder}/damaged`, { recursive: true });
    writeFileSync(`${folder}/damaged/${name}`, damaged);
    const cut = open(`${folder}/damaged`);
    expect(cut.endOffset, `byte ${at}`).toBe(1);
    cut.close();
    rmSync(`${folder}/damaged`, { recursive: true });
  }
});

test('what a start cuts off a segment is kept beside it and said: at error level where it is damage, not a torn tail', () => {
  const folder = testFolder();
  const log = open(`${folder}/whole`);
  append(log);
  const [name = ''] = segments(`${folder}/whole`);
  const { size: at } = statSync(`${folder}/whole/${name}`);
  for (let i = 0; i < 3; i++) append(log, { values: [`value ${i}`] });
  const whole = readFileSync(`${folder}/whole/${name}`);
  const rotten = Buffer.from(whole);
  rotten[at + 70] = 0xff;
  for (const [level, left] of [
    ['error', rotten],
    ['warn', whole.subarray(0, at + 65)],
    ['warn', Buffer.concat([whole.subarray(0, at), Buffer.alloc(4096)])],
  ] as const) {
    const copy = `${folder}/${level}-${left.length}`;
    cpSync(`${folder}/whole`, copy, { recursive: true });
    writeFileSync(`${copy}/${name}`, left);
    const said = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    const cut = new PartitionLog(copy, 'topic-0', CONFIG, said, NOW);
    const other = level === 'warn' ? 'error' : 'warn';
    expect(said[other]).not.toHaveBeenCalled();
    const [details] = said[level].mock.calls[0] ?? [];
    expect(details).toMatchObject({ file: `${copy}/${name}`, at, cut: left.length - at });
    expect(readFileSync(details.kept)).toEqual(left.subarray(at));
    expect(cut.endOffset).toBe(1);
    cut.close();
    open(copy).close(); // which has nothing to say of what was kept
  }
});

test('a log that was closed in order is opened by its seals alone', () => {
  const folder = testFolder();
  const log = open(folder, { segmentBytes: 500 });
  for (let i = 0; i < 20; i++) append(log, { timestamps: [NOW + i] });
  log.close();
  for (const name of segments(folder)) {
    const bytes = readFileSync(`${folder}/${name}`);
    writeFileSync(`${folder}/${name}`, Buffer.alloc(bytes.length)); // a scan would find nothing
  }
  const again = open(folder);
  expect(again.endOffset).toBe(20);
  expect(() => again.read(0, 1000, false)).toThrow('damaged log');
});

test('a closed segment whose seal a crash took is scanned once, and sealed again', async () => {
  const folder = testFolder();
  const log = open(folder, { segmentBytes: 2000 });
  for (let i = 0; i < 60; i++) append(log, { values: [`value ${i}`], producerId: 7, epoch: 0, sequence: i });
  log.close();
  const seals = () => readdirSync(folder).filter((name) => name.endsWith('.seal'));
  const before = seals();
  const [first = '', second = ''] = before;
  const whole = readFileSync(`${folder}/${second}`);
  for (const name of [first, second]) rmSync(`${folder}/${name}`);
  const again = open(folder, { segmentBytes: 2000 });
  await expect.poll(seals).toEqual(before);
  const sealOf = (bytes: Buffer) => {
    const { producers, ...rest } = JSON.parse(bytes.toString('utf8', 12, 12 + bytes.readUInt32BE(8)));
    return { ...rest, batches: producers[0].batches };
  };
  expect(sealOf(readFileSync(`${folder}/${second}`))).toEqual(sealOf(whole));
  again.close();
});

test('a seal that does not fit its log is not believed', () => {
  const folder = testFolder();
  const log = open(folder);
  append(log);
  append(log);
  log.close();
  const [name = ''] = segments(folder);
  const file = `${folder}/${name}`;
  truncateSync(file, statSync(file).size - 1);
  expect(open(folder).endOffset).toBe(1);
});

test('an append after an orderly restart takes the seal away', () => {
  const folder = testFolder();
  const first = open(folder);
  append(first);
  first.close();
  const second = open(folder);
  append(second); // and no close, as after a crash
  expect(open(folder).endOffset).toBe(2);
});

test('idempotent producers keep their sequence over a restart, in order or not', () => {
  for (const inOrder of [true, false]) {
    const folder = testFolder();
    const log = open(folder, { segmentBytes: 300 });
    for (let sequence = 0; sequence < 8; sequence++) append(log, { producerId: 7, epoch: 0, sequence });
    if (inOrder) log.close();
    const { producers } = open(folder, { segmentBytes: 300 });
    const verdict = (sequence: number) =>
      judge(producers.get(7), readHeader(batch({ producerId: 7, epoch: 0, sequence }), 0));
    expect(verdict(8)).toEqual({ kind: 'append' });
    expect(verdict(7)).toEqual({ kind: 'duplicate', baseOffset: 7 });
    expect(verdict(9)).toMatchObject({ kind: 'refuse' });
  }
});

test('a start removes seals that were not finished, or whose segment is gone', () => {
  const folder = testFolder();
  append(open(folder));
  writeFileSync(`${folder}/${'0'.repeat(20)}.seal.new`, 'half');
  writeFileSync(`${folder}/${'9'.padStart(20, '0')}.seal`, 'of a segment that retention has deleted');
  expect(baseOffsets(open(folder), 0)).toEqual([0]);
  expect(readdirSync(folder)).toEqual([`${'0'.repeat(20)}.log`]);
});
