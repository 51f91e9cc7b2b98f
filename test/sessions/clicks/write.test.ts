import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { readAnswers } from '../../../src/sessions/batch/answers.ts';
import { clicksOf } from '../../../src/sessions/clicks/click.ts';
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

it('the lines of a seed are the same on every machine, and more rows leave the first as they are', () => {
  const lines = [...clicksOf('returning', 1, 2_000)];
  expect([...clicksOf('returning', 1, 2_500)].slice(0, 2_000)).toEqual(lines);
  expect(createHash('sha256').update(lines.join('\n')).digest('hex')).toBe(
    '65f5e6e0d46f6d9269fb04d05f356a7a47de56e7601d5180f37015b8e4989797',
  );
  expect(Object.keys(JSON.parse(lines[0] ?? '{}'))).toEqual([
    'anonymous_id',
    'browser_family',
    'device_family',
    'device_sent_timestamp',
    'event',
    'n',
    'os_family',
    'platform',
    'version',
  ]);
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
