import { describe, expect, it } from 'vitest';
import type { LoadProgress } from '../../seed/load.ts';
import { describeLoad, showProgress } from '../../seed/terminal.ts';

const reading = (rows: number, done?: number): LoadProgress => ({
  step: 'reading',
  rows,
  rejected: 0,
  done,
  resumedRows: 0,
});

function record(isTTY: boolean): { text: () => string; out: { isTTY: boolean; write(text: string): void } } {
  let text = '';
  return {
    text: () => text,
    out: {
      isTTY,
      write: (part) => {
        text += part;
      },
    },
  };
}

describe('showProgress', () => {
  it('showProgress writes one line anew on a terminal, with rows, rate, share and the time that is left', () => {
    const { text, out } = record(true);
    let time = 0;
    const { onProgress, clear } = showProgress(out, () => time);
    onProgress(reading(0, 0));
    time = 4_000;
    onProgress(reading(2_000_000, 0.25));
    clear();
    expect(text()).toBe(
      '\r\x1b[2Kreading  0 %\r\x1b[2Kreading  2,000,000 rows  500,000 rows/s  25 %  0:12 left\r\x1b[2K',
    );
  });

  it('showProgress writes a plain line every five seconds and at each step where there is no terminal', () => {
    const { text, out } = record(false);
    let time = 0;
    const { onProgress, clear } = showProgress(out, () => time);
    for (; time <= 10_000; time += 500) onProgress(reading(time * 100));
    onProgress({ ...reading(1_000_000), step: 'attaching' });
    clear();
    expect(text()).toBe(
      'reading\nreading  500,000 rows  100,000 rows/s\nreading  1,000,000 rows  100,000 rows/s\nattaching  1,000,000 rows\n',
    );
  });

  it('showProgress does not count rows into the rate that an earlier run has read', () => {
    const { text, out } = record(false);
    let time = 0;
    const { onProgress } = showProgress(out, () => time);
    onProgress({ ...reading(1_000_000), resumedRows: 1_000_000 });
    time = 10_000;
    onProgress({ ...reading(2_000_000), resumedRows: 1_000_000 });
    expect(text()).toContain('2,000,000 rows  100,000 rows/s');
  });
});

describe('describeLoad', () => {
  const result = {
    source: 'product.csv',
    added: 10,
    present: 2,
    rejected: 3,
    rejects: [
      { file: 'product.csv', line: 7, column: 'time', reason: 'received "x", expected y', content: '' },
    ],
    bytes: 100,
    sha256: 'abcdef0123456789',
    seconds: 2,
    known: false,
  };

  it('describeLoad says what was added, what was there, and where the bad rows are', () => {
    expect(describeLoad(result).split('\n')).toEqual([
      'product.csv: 10 rows added in 2.0 s, 5 rows/s (sha256 abcdef012345…)',
      '2 rows were there already',
      '3 bad rows were set aside, all in the table rejected_rows:',
      '  product.csv, line 7, time: received "x", expected y',
      '  and 2 more',
    ]);
  });

  it('describeLoad says that there was nothing to do', () => {
    expect(describeLoad({ ...result, known: true, rejected: 0 })).toBe(
      'product.csv was loaded before, byte for byte: nothing to do (sha256 abcdef012345…)',
    );
  });
});
