import { pino } from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { countRepeats } from '../../src/runtime/repeated-lines.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A log with this hook, and what it has written: each line's text, and how often it stands for. */
function countingLog() {
  const lines: { msg: string; times?: number; n?: number; err?: { message: string } }[] = [];
  const stream = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const log = pino({ level: 'debug', base: null, hooks: { logMethod: countRepeats(1_000) } }, stream);
  const written = () =>
    lines.splice(0).map(({ msg, times }) => (times === undefined ? msg : `${msg} × ${times}`));
  return { log, lines, written };
}

it('countRepeats writes the first line at once, and a second later how often it came since', () => {
  const { log, written } = countingLog();
  for (let n = 0; n < 4; n += 1) log.warn('Kafka is away');
  expect(written()).toEqual(['Kafka is away']);
  vi.advanceTimersByTime(1_000);
  expect(written()).toEqual(['Kafka is away × 3']);
});

it('countRepeats goes on counting for as long as the line comes, and begins anew once it has stayed away', () => {
  const { log, written } = countingLog();
  log.error('failed');
  vi.advanceTimersByTime(500);
  log.error('failed');
  vi.advanceTimersByTime(1_000);
  log.error('failed');
  vi.advanceTimersByTime(1_000);
  expect(written()).toEqual(['failed', 'failed × 1', 'failed × 1']);
  vi.advanceTimersByTime(1_000);
  log.error('failed');
  expect(written()).toEqual(['failed']);
});

it('countRepeats counts lines as one that differ in a number alone, with the details of the last', () => {
  const { log, lines } = countingLog();
  log.warn({ n: 1 }, 'port 9092 is taken');
  log.warn({ n: 2 }, 'port 9093 is taken');
  log.warn({ n: 3 }, 'port 9094 is taken');
  vi.advanceTimersByTime(1_000);
  expect(lines.at(-1)).toMatchObject({ msg: 'port 9094 is taken', n: 3, times: 2 });
});

it('countRepeats tells texts and levels apart, and errors by their messages', () => {
  const { log, lines, written } = countingLog();
  log.warn('one');
  log.warn('other');
  log.error('one');
  expect(written()).toEqual(['one', 'other', 'one']);
  log.error(new Error('broken'));
  log.error(new Error('broken'));
  vi.advanceTimersByTime(1_000);
  expect(lines.at(-1)).toMatchObject({ err: { message: 'broken' }, times: 1 });
});

it('countRepeats counts all further texts as one once there are a hundred', () => {
  const { log, written } = countingLog();
  for (let n = 0; n < 103; n += 1) log.warn('x'.repeat(n + 1));
  expect(written()).toHaveLength(101);
  vi.advanceTimersByTime(1_000);
  expect(written()).toEqual([`${'x'.repeat(103)} × 2`]);
});

it('countRepeats leaves what is below a warning alone', () => {
  const { log, written } = countingLog();
  log.info('started');
  log.info('started');
  expect(written()).toEqual(['started', 'started']);
});
