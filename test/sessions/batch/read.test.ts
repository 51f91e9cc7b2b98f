import { constants, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { readAnswers } from '../../../src/sessions/batch/answers.ts';
import { ask, clickLine, writeFiles } from './files.ts';

const lines = (count: number, from = 0) =>
  Array.from({ length: count }, (_, n) => clickLine({ anonymous_id: `visitor-${from + n}` }));
const text = (count: number, from = 0) => `${lines(count, from).join('\n')}\n`;

async function sessionsOf(files: Readonly<Record<string, string | Buffer>>) {
  const { answer, setAside, events } = await ask(writeFiles(files), (connection) =>
    readAnswers(connection, ['files']),
  );
  return { perFile: Object.fromEntries(answer.sessions_per_file ?? []), setAside, events };
}

it('the lines before the cut of a truncated gzip file count, and the cut is named', async () => {
  const whole = gzipSync(text(20_000), { level: 9 });
  const { perFile, setAside, events } = await sessionsOf({
    'cut.json.gz': whole.subarray(0, Math.floor(whole.length / 2)),
    'good.json.gz': text(3, 50_000),
  });
  expect(perFile['good.json.gz']).toBe(3);
  expect(perFile['cut.json.gz']).toBeGreaterThan(5_000);
  expect(perFile['cut.json.gz']).toBe(events - 3);
  expect(setAside).toEqual([
    {
      file: 'cut.json.gz',
      line: events - 3 + 1,
      reason: expect.stringMatching(/^the gzip file is cut off at byte \d+$/),
    },
  ]);
});

it('a gzip file whose bytes are damaged counts as far as it can be unpacked', async () => {
  const whole = gzipSync(text(20_000), { level: 1 });
  whole.fill(0xff, Math.floor(whole.length / 2), Math.floor(whole.length / 2) + 64);
  const { perFile, setAside } = await sessionsOf({ 'a.json.gz': whole });
  expect(perFile['a.json.gz']).toBeGreaterThan(1_000);
  expect(setAside.at(-1)?.reason).toMatch(/^the gzip file is damaged \(.+\) at byte \d+$/);
});

it('an empty file has no session, and is a fault where it should be gzip', async () => {
  expect(await sessionsOf({ 'a.json': '', 'b.json.gz': Buffer.alloc(0), 'c.json.gz': '' })).toEqual({
    perFile: { 'a.json': 0, 'b.json.gz': 0, 'c.json.gz': 0 },
    setAside: [{ file: 'b.json.gz', line: 1, reason: 'the gzip file is empty' }],
    events: 0,
  });
});

it('all members of a gzip file are read, also where a later one is broken', async () => {
  const [first, second] = [gzipSync(text(100)), gzipSync(text(100, 100))];
  const whole = await sessionsOf({ 'a.json.gz': Buffer.concat([first, second]) });
  expect(whole).toEqual({ perFile: { 'a.json.gz': 200 }, setAside: [], events: 200 });
  const cut = await sessionsOf({ 'a.json.gz': Buffer.concat([first, second.subarray(0, -200)]) });
  expect(cut.perFile['a.json.gz']).toBeGreaterThanOrEqual(100);
  expect(cut.setAside).toHaveLength(1);
});

it('a gzip file that was cut off where a line ends is no whole one', async () => {
  const flushed = gzipSync(text(100), { finishFlush: constants.Z_SYNC_FLUSH });
  const whole = gzipSync(text(100));
  for (const cut of [flushed, Buffer.concat([whole, whole.subarray(0, 5)])]) {
    const { perFile, setAside } = await sessionsOf({ 'a.json.gz': cut });
    expect(perFile).toEqual({ 'a.json.gz': 100 });
    expect(setAside).toEqual([
      { file: 'a.json.gz', line: 101, reason: `the gzip file is cut off at byte ${cut.length}` },
    ]);
  }
});

it.each(['x', '1', '{', '\ufeffx'])('a file of %j alone has a line that is set aside', async (content) => {
  for (const name of ['a.json', 'a.json.gz']) {
    const { perFile, setAside } = await sessionsOf({ [name]: content });
    expect(perFile).toEqual({ [name]: 0 });
    expect(setAside).toMatchObject([{ line: 1, reason: expect.stringContaining('expected a JSON object') }]);
  }
});

it('a file is known for gzip by its first bytes, not by its name', async () => {
  const named = { 'packed.json': gzipSync(text(5)), 'plain.json.gz': Buffer.from(text(7, 10)) };
  expect((await sessionsOf(named)).perFile).toEqual({ 'packed.json': 5, 'plain.json.gz': 7 });
});

/** BAD_BYTE_LINES=10000000 is the long form (npm run proof:bad-byte). */
const LINES = Number(process.env.BAD_BYTE_LINES ?? 20_000);

/** A gzip file with a member for each 100,000 lines, as `cat` makes one of several. */
function fileWithBadByte(badLine: number): Buffer {
  const members = Array.from({ length: Math.ceil(LINES / 100_000) }, (_, member) => {
    const first = member * 100_000;
    const bytes = Buffer.from(text(Math.min(100_000, LINES - first), first));
    if (badLine > first && badLine <= first + 100_000) {
      let at = 0;
      for (let line = first + 1; line < badLine; line++) at = bytes.indexOf(0x0a, at) + 1;
      bytes[bytes.indexOf('visitor-', at)] = 0xff;
    }
    return gzipSync(bytes, { level: 1 });
  });
  return Buffer.concat(members);
}

it(`of ${LINES} lines with one bad byte all others count`, { timeout: 60_000 + LINES / 10 }, async () => {
  const bad = Math.floor(LINES * 0.777_77);
  const { perFile, setAside } = await sessionsOf({ 'a.json.gz': fileWithBadByte(bad) });
  expect(perFile['a.json.gz']).toBe(LINES - 1);
  expect(setAside).toEqual([
    { file: 'a.json.gz', line: bad, reason: 'received bytes that are not UTF-8, expected JSON in UTF-8' },
  ]);
});

it('a byte order mark before the first line is no fault', async () => {
  expect((await sessionsOf({ 'a.json': `\uFEFF${text(2)}` })).perFile).toEqual({ 'a.json': 2 });
});

it('a line of 20 MB counts, beside lines with a fault too', async () => {
  const long = clickLine({ anonymous_id: 'long', event: 'x'.repeat(20 * 1024 ** 2) });
  const { perFile } = await sessionsOf({
    'a.json': `${text(1)}${long}\n${text(1, 1)}`,
    'b.json': `${text(1, 5)}bad\n${long}`,
  });
  expect(perFile).toEqual({ 'a.json': 3, 'b.json': 1 });
});

it('a line that would not fit into memory is passed over with its length', async () => {
  const long = clickLine({ event: 'x'.repeat(40 * 1024 ** 2) });
  const { perFile, setAside } = await sessionsOf({
    'a.json': `${text(1)}${long}\nbad\n${text(1, 1)}`,
    'end.json': `${text(1, 2)}${long}`,
  });
  expect(perFile).toEqual({ 'a.json': 2, 'end.json': 1 });
  const reason = `received a line of ${long.length} bytes, expected at most 33554432`;
  expect(setAside).toEqual([
    { file: 'a.json', line: 3, reason: expect.stringContaining('"bad"') },
    { file: 'a.json', line: 2, reason },
    { file: 'end.json', line: 2, reason },
  ]);
});

it('signs that mean something in a pattern of paths are themselves', async () => {
  const { perFile } = await sessionsOf({ "a[1]*?'.json": text(1), 'a1.json': text(2, 10) });
  expect(perFile).toEqual({ "a[1]*?'.json": 1, 'a1.json': 2 });
});

it('a line that is nested deeper than there is stack is set aside, and the others count', async () => {
  const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
  const { perFile, setAside } = await sessionsOf({
    'a.json': `${deep}\n{"anonymous_id":${deep}}\n${text(3)}`,
  });
  expect(perFile).toEqual({ 'a.json': 3 });
  expect(setAside.map(({ line, reason }) => [line, reason])).toEqual([
    [1, 'received an array that is nested too deeply, expected a JSON object'],
    [2, 'anonymous_id: received an array that is nested too deeply, expected text'],
  ]);
});
