import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { ExpectationError } from '../../../src/runtime/expectation-error.ts';
import { readAnswers } from '../../../src/sessions/batch/answers.ts';
import { partName, writeClicks } from '../../../src/sessions/clicks/write.ts';
import type { Profile } from '../../../src/sessions/options.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { ask } from '../batch/files.ts';

const options = (profile: Profile, rows: number) => ({
  profile,
  rows,
  seed: 7,
  parts: 10,
  folder: path.join(temporaryFolder(), 'clicks'),
});

it('the same seed writes the same bytes into ten parts, and another seed others', async () => {
  const first = await writeClicks(options('original', 5_000));
  const second = await writeClicks(options('original', 5_000));
  const other = await writeClicks({ ...options('original', 5_000), seed: 8 });
  expect(first.map((file) => path.basename(file))).toEqual(Array.from({ length: 10 }, (_, n) => partName(n)));
  for (const [index, file] of first.entries()) {
    const bytes = readFileSync(file);
    expect(bytes.equals(readFileSync(second[index] ?? ''))).toBe(true);
    expect(bytes.equals(readFileSync(other[index] ?? ''))).toBe(false);
  }
});

it.each([
  ['original', 0.999, 1],
  ['returning', 0.05, 0.3],
] as const)('profile %s opens a session with %s to %s of its clicks', async (profile, least, most) => {
  const paths = await writeClicks(options(profile, 20_000));
  const lines = paths.map((file) => gunzipSync(readFileSync(file)).toString().split('\n').length - 1);
  expect(lines).toEqual(Array.from({ length: 10 }, () => 2_000));
  const { answer, setAside } = await ask(paths, (connection) => readAnswers(connection, ['files']));
  expect(setAside).toEqual([]);
  const sessions = [...(answer.sessions_per_file?.values() ?? [])].reduce((sum, one) => sum + one, 0);
  expect(sessions / 20_000).toBeGreaterThan(least);
  expect(sessions / 20_000).toBeLessThanOrEqual(most);
});

it.each([
  ['a file', import.meta.filename],
  ['a place in which nothing can be made', '/proc/clicks/deeper'],
])('clicks are not written to %s, which can be no folder', async (_, folder) => {
  const written = writeClicks({ profile: 'original', seed: 1, rows: 1, parts: 1, folder });
  await expect(written).rejects.toThrow(ExpectationError);
  await expect(written).rejects.toThrow(/^--out: received .*, which can't be made: .*, expected a folder$/);
});
