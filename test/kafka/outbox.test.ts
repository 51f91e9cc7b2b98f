import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Outbox, type OutboxEntry } from '../../src/kafka/outbox.ts';
import { anEvent } from '../support/events.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const MEGABYTE = 1024 * 1024;
const event = (text = '') => JSON.stringify({ ...anEvent(), context: { referrer: text } });

function outboxIn(folder: string, maxBytes = MEGABYTE): Outbox {
  const outbox = new Outbox(folder, maxBytes);
  onTestFinished(() => outbox.close());
  return outbox;
}
const keep = (outbox: Outbox, line: string) => outbox.appendAll([line])[0] as OutboxEntry;
const recoveredFrom = (folder: string) => outboxIn(folder).recovered.map(({ line }) => line);

describe('the outbox', () => {
  it('the outbox gives a later process what was not acknowledged, in its order', () => {
    const folder = temporaryFolder();
    const outbox = outboxIn(folder, 16 * MEGABYTE);
    const lines = Array.from({ length: 5_000 }, (_, n) => event(`${n} ${'x'.repeat(500)}`));
    const kept = lines.map((line) => keep(outbox, line));
    const segments = readdirSync(folder);
    expect(segments.length).toBeGreaterThan(2);
    for (const one of kept.slice(0, 4_000)) outbox.acknowledge(one);
    expect(readdirSync(folder).length).toBeLessThan(segments.length);
    outbox.close();
    // Segments go as a whole: of the one that is half sent, all comes again.
    const recovered = recoveredFrom(folder);
    expect(recovered).toEqual(lines.slice(-recovered.length));
    expect(recovered.length).toBeGreaterThanOrEqual(1_000);
  });

  it('the outbox leaves nothing on disk once all is acknowledged', () => {
    const folder = temporaryFolder();
    const outbox = outboxIn(folder);
    for (const kept of Array.from({ length: 100 }, () => keep(outbox, event()))) outbox.acknowledge(kept);
    expect(outbox.bytes).toBe(0);
    expect(readdirSync(folder).map((name) => statSync(path.join(folder, name)).size)).toEqual([0]);
    outbox.close();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('the outbox takes no more than it may, and takes again once something was acknowledged', () => {
    const outbox = outboxIn(temporaryFolder(), 1_000);
    const kept: OutboxEntry[] = [];
    expect(() => {
      for (;;) kept.push(keep(outbox, event()));
    }).toThrow(expect.objectContaining({ code: 'OUTBOX_FULL' }));
    expect(kept.length).toBeGreaterThan(1);
    expect(outbox.bytes).toBeLessThanOrEqual(1_000);
    for (const one of kept) outbox.acknowledge(one);
    keep(outbox, event());
  });

  it('the outbox forgets a last line that was torn, which nobody was answered for', () => {
    const folder = temporaryFolder();
    const whole = event();
    writeFileSync(path.join(folder, '0000000001.ndjson'), `${whole}\n${event().slice(0, 50)}`);
    expect(recoveredFrom(folder)).toEqual([whole]);
  });

  it('the outbox gives the rest where lines were damaged with the machine, and keeps those beside', () => {
    const folder = temporaryFolder();
    const [first, last] = [event('ä'), event('😀')];
    writeFileSync(
      path.join(folder, '0000000001.ndjson'),
      `${first}\n\0\0\0\0\n{"user_id":1}\nnull\n${last}\n\0\0`,
    );
    const outbox = outboxIn(folder);
    expect(outbox.recovered.map(({ line }) => line)).toEqual([first, last]);
    expect(outbox.damaged).toBe(3);
    expect(readFileSync(path.join(folder, '0000000001.damaged'), 'utf8')).toBe(
      '\0\0\0\0\n{"user_id":1}\nnull\n',
    );
    for (const kept of outbox.recovered) outbox.acknowledge(kept);
    outbox.close();
    expect(readdirSync(folder)).toEqual(['0000000001.damaged']);
  });

  it('the outbox never throws, whatever its files hold', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 5 }), (files) => {
        const folder = temporaryFolder();
        for (const [n, bytes] of files.entries())
          writeFileSync(path.join(folder, `000000000${n}.ndjson`), bytes);
        new Outbox(folder, MEGABYTE).close();
      }),
      { numRuns: 50 },
    );
  });

  it('the outbox leaves other files of its folder alone', () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'notes.txt'), 'mine');
    mkdirSync(path.join(folder, 'more'));
    expect(recoveredFrom(folder)).toEqual([]);
    expect(existsSync(path.join(folder, 'notes.txt'))).toBe(true);
  });

  it('the outbox does not mind an acknowledgement that comes after it was closed', () => {
    const folder = temporaryFolder();
    const outbox = outboxIn(folder);
    const line = event();
    const kept = keep(outbox, line);
    outbox.close();
    outbox.acknowledge(kept);
    expect(() => keep(outbox, event())).toThrow(expect.objectContaining({ code: 'OUTBOX_WRITE' }));
    expect(recoveredFrom(folder)).toEqual([line]);
  });

  it('the outbox says OUTBOX_WRITE where the disk is full, and tears no line', ({ skip }) => {
    const folder = temporaryFolder();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { stdio: 'ignore' });
    } catch {
      console.warn('SKIPPED: a full disk needs the right to mount a tmpfs');
      return skip('no right to mount a tmpfs');
    }
    onTestFinished(() => void execFileSync('umount', ['-l', folder]));
    const outbox = new Outbox(folder, MEGABYTE);
    const kept: OutboxEntry[] = [];
    const fill = () => {
      for (let n = 0; n < 1_000; n++) kept.push(keep(outbox, event('x'.repeat(1_500))));
    };
    expect(fill).toThrow(expect.objectContaining({ code: 'OUTBOX_WRITE' }));
    expect(fill).toThrow(
      expect.objectContaining({ code: 'OUTBOX_WRITE', message: expect.not.stringContaining('\n') }),
    );
    const lines = kept.map(({ line }) => line);
    expect(lines.length).toBeGreaterThan(10);
    const [file = ''] = readdirSync(folder);
    expect(readFileSync(path.join(folder, file), 'utf8')).toBe(lines.map((line) => `${line}\n`).join(''));
    for (const one of kept) outbox.acknowledge(one);
    keep(outbox, event());
    outbox.close();
  });
});
