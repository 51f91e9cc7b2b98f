import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { expectOneLine, MAIN, run, runHere } from '../support/command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { clickLine, writeFiles } from './batch/files.ts';

const TWO_VISITS = [0, 1_799_999, 3_599_999].map((ms) =>
  clickLine({ device_sent_timestamp: 1_556_668_800_000 + ms }),
);

it('sessions answers as JSON by default, and says on standard error how much it has read', async () => {
  const [file = ''] = writeFiles({ 'part-00000.json.gz': TWO_VISITS.join('\n') });
  const ended = await run(['sessions', file]);
  expect(ended.code).toBe(0);
  expect(JSON.parse(ended.stdout)).toEqual({
    median_seconds_per_value: {
      browser_family: { Chrome: 899.9995 },
      device_family: { Other: 899.9995 },
      os_family: { Android: 899.9995 },
    },
    sessions_per_file: { 'part-00000.json.gz': 2 },
    sessions_per_value: {
      browser_family: { Chrome: 2 },
      device_family: { Other: 2 },
      os_family: { Android: 2 },
    },
  });
  expect(ended.stderr).toMatch(/3 events of 1 files in \d+\.\d s, \d+ events\/s\n$/);
});

it('--gap, --multi-event-only and --answer change what is asked', async () => {
  const [file = ''] = writeFiles({ 'a.json': TWO_VISITS.join('\n') });
  const gap = await runHere(['sessions', file, '--gap', '1h', '--answer', 'files', '--format', 'csv']);
  expect(gap.stdout).toBe('answer,field,value,number\nsessions_per_file,,a.json,1\n');
  const longer = await runHere([
    'sessions',
    file,
    '--multi-event-only',
    '--answer',
    'medians',
    '--format',
    'table',
  ]);
  expect(longer.stdout).toMatch(/browser_family {2}Chrome +1,799\.999\n/);
});

it('lines that were set aside are named, all of them in the file of --rejects, and the exit code is 1', async () => {
  const bad = Array.from({ length: 30 }, (_, n) => `bad ${n}`);
  const [file = ''] = writeFiles({ 'a.json': [...TWO_VISITS, ...bad].join('\n') });
  const rejects = path.join(temporaryFolder(), 'rejects.ndjson');
  const ended = await runHere(['sessions', file, '--answer', 'files', '--rejects', rejects]);
  expect(ended.code).toBe(1);
  expect(JSON.parse(ended.stdout)).toEqual({ sessions_per_file: { 'a.json': 2 } });
  expect(ended.stderr).toContain(
    '30 lines were set aside:\n  a.json:4: received "bad 0", expected a JSON object\n',
  );
  expect(ended.stderr).toContain('  and 10 more\n');
  const lines = readFileSync(rejects, 'utf8').trimEnd().split('\n');
  expect(lines).toHaveLength(30);
  expect(JSON.parse(lines.at(-1) ?? '')).toEqual({
    file: 'a.json',
    line: 33,
    reason: 'received "bad 29", expected a JSON object',
  });
});

it('explain says of each event why it opens a session or not', async () => {
  const other = clickLine({ anonymous_id: 'other' });
  const paths = writeFiles({
    'a.json': TWO_VISITS.slice(0, 2).join('\n'),
    'b.json': `${TWO_VISITS[2]}\n${other}`,
  });
  const ended = await runHere(['sessions', 'explain', 'a', '--files', ...paths, '--format', 'csv']);
  expect(ended.code).toBe(0);
  expect(ended.stdout).toBe(`visitor,session,time,file,verdict
a,1,2019-05-01T00:00:00.000Z,a.json,first event: session 1
a,1,2019-05-01T00:29:59.999Z,a.json,29:59.999 < 30:00.000: still session 1
a,2,2019-05-01T00:59:59.999Z,b.json,30:00.000 ≥ 30:00.000: new session 2
`);
});

it('--rule puts the totals of six rules side by side and names where one differs', async () => {
  const [file = ''] = writeFiles({ 'a.json': TWO_VISITS.join('\n') });
  const ended = await runHere(['sessions', file, '--rule', 'spark', '--format', 'table']);
  expect(ended.stdout).toMatch(
    /^rule +sessions +differing_events\n─.*\nours +2 +0\nflink +1 +1\nspark +1 +1\n/,
  );
  expect(ended.stdout).toContain('ours      2019-05-01T00:59:59.999Z');
});

it('gaps prints a curve', async () => {
  const [file = ''] = writeFiles({ 'a.json': TWO_VISITS.join('\n') });
  const ended = await runHere(['sessions', 'gaps', file, '--format', 'csv']);
  expect(ended.stdout).toBe('gap,sessions\n1m,3\n5m,3\n10m,3\n15m,3\n30m,2\n60m,1\n');
});

it.each([
  [['sessions', '/no/such.json'], 1, "received /no/such.json, which doesn't exist"],
  [['sessions', '/tmp'], 1, 'received the folder /tmp'],
  [['sessions', MAIN, MAIN], 1, 'twice'],
  [['sessions', MAIN, '--gap', '0s'], 1, '--gap: received 0'],
  [['sessions', MAIN, '--gap', 'soon'], 1, '--gap: received "soon"'],
  [['sessions', MAIN, '--memory', '1MB'], 1, '--memory: received "1MB"'],
  [['sessions', MAIN, '--spill', '/no/folder'], 1, '--spill: received /no/folder'],

  [['sessions'], 2, 'file'],
  [['clicks', '--parts', '0'], 2, "'0' is invalid. Expected a whole number from 1 to 500"],
  [['sessions', MAIN, '--rule', 'mine'], 2, 'mine'],
  [['clicks', '--profile', 'mine'], 2, 'mine'],
] as const)('%s ends with code %i and one line', async (args, code, words) => {
  expectOneLine(await runHere([...args]), code, words);
});

it('clicks writes ten files that sessions reads', async () => {
  const out = path.join(temporaryFolder(), 'out');
  const written = await runHere(['clicks', '--rows', '1000', '--out', out]);
  expect(written).toMatchObject({ code: 0, stderr: `1,000 clicks in 10 files of ${out}\n` });
  const files = readdirSync(out).map((name) => path.join(out, name));
  const ended = await runHere(['sessions', ...files, '--answer', 'files']);
  const perFile = JSON.parse(ended.stdout).sessions_per_file;
  expect(Object.keys(perFile)).toHaveLength(10);
});

it('files are not read where the place of the rejects can not be written', async () => {
  const [file = ''] = writeFiles({ 'a.json': TWO_VISITS.join('\n') });
  writeFileSync(path.join(path.dirname(file), 'plain'), '');
  const rejects = path.join(path.dirname(file), 'plain', 'rejects');
  expectOneLine(await runHere(['sessions', file, '--rejects', rejects]), 1, '--rejects');
});

it('a disk that is full of rejects is told after the answers, which are whole', async () => {
  const [file = ''] = writeFiles({ 'a.json': [...TWO_VISITS, 'bad', 'worse'].join('\n') });
  const ended = await runHere(['sessions', file, '--answer', 'files', '--rejects', '/dev/full']);
  expect(ended.code).toBe(1);
  expect(JSON.parse(ended.stdout)).toEqual({ sessions_per_file: { 'a.json': 2 } });
  expect(ended.stderr).toContain('2 lines were set aside:\n');
  expect(ended.stderr).toMatch(
    /\nsessions: --rejects: received \/dev\/full, which can't be written: ENOSPC[^\n]*\n$/,
  );
});
