// Which of its commands `simulate` runs, and with what: by what they would send.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runHere } from '../support/command.ts';
import { anEvent } from '../support/events.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const CLOCK = '2026-03-02T09:00:00Z';
const dry = async (...args: readonly string[]) => {
  const { code, stdout, stderr } = await runHere(['simulate', ...args, '--dry-run']);
  expect(stderr).not.toContain('error:');
  expect(code).toBe(0);
  return stdout.trimEnd().split('\n');
};

function recorded(): string {
  const file = path.join(temporaryFolder(), 'recorded.ndjson');
  const times = ['2026-01-01T10:00:00.000Z', '2026-01-01T10:00:02.000Z'];
  writeFileSync(file, times.map((time) => `${JSON.stringify(anEvent({ time }))}\n`).join(''));
  return file;
}

describe('the command simulate', () => {
  const RUN = ['--users', '5', '--rate', '5', '--duration', '10s', '--clock', CLOCK];

  it('the command simulate is a run where it is given no other name, and the same lines come of the same seed', async () => {
    const lines = await dry(...RUN, '--seed', '7');
    expect(lines.length).toBeGreaterThan(10);
    expect(await dry('run', ...RUN, '--seed', '7')).toEqual(lines);
    expect(await dry(...RUN, '--seed', '8')).not.toEqual(lines);
    expect(await dry(...RUN)).toEqual(await dry(...RUN, '--seed', '1'));
  });

  it('the command simulate sends a recorded file for replay FILE as for --replay FILE', async () => {
    const file = recorded();
    const lines = await dry('replay', file, '--clock', CLOCK);
    expect(lines).toHaveLength(2);
    expect(await dry('--replay', file, '--clock', CLOCK)).toEqual(lines);
    expect(await dry('replay', file, '--clock', CLOCK, '--seed', '2')).not.toEqual(lines);
  });

  it.each([
    [['--clock', 'today'], 'YYYY-MM-DDTHH:mm:ss'],
    [['--users', '-1'], 'whole number'],
    [['replay', '--from', 'today'], 'YYYY-MM-DDTHH:mm:ss'],
    [['verify', '--wait', 'long'], 'whole number'],
    [['verify', 'a', 'b'], 'too many arguments'],
  ])('the command simulate refuses an option or an argument in one line: %j', async (args, words) => {
    const { code, stdout, stderr } = await runHere(['simulate', ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(words);
  });
});
