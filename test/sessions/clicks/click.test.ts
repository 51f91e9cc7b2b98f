import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { clicksOf } from '../../../src/sessions/clicks/click.ts';
import { PROFILES } from '../../../src/sessions/options.ts';

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

describe.each(PROFILES)('a click of the profile %s', (profile) => {
  const clicks = [...clicksOf(profile, 3, 5_000)].map((line) => JSON.parse(line));

  it('a click is of a visitor with an id of version 4, and has the number of its line', () => {
    const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    expect(clicks.filter(({ anonymous_id }) => !uuid.test(anonymous_id))).toEqual([]);
    expect(clicks.map(({ n }) => n)).toEqual([...clicks.keys()]);
  });

  it('a click is later than the ones before it, of a visitor with one browser and one device', () => {
    const last = new Map<string, { looks: string; at: number }>();
    const wrong = clicks.filter((click) => {
      const { anonymous_id, browser_family, os_family, device_family, device_sent_timestamp: at } = click;
      const looks = [browser_family, os_family, device_family].join();
      const before = last.get(anonymous_id) ?? { looks, at };
      last.set(anonymous_id, { looks, at });
      return before.looks !== looks || before.at > at;
    });
    expect(wrong).toEqual([]);
  });
});

it('returning visitors meet the session gap, a millisecond less and one more', () => {
  const [gaps, last] = [new Set<number>(), new Map<string, number>()];
  for (const line of clicksOf('returning', 5, 20_000)) {
    const { anonymous_id, device_sent_timestamp: at } = JSON.parse(line);
    gaps.add(at - (last.get(anonymous_id) ?? Number.NaN));
    last.set(anonymous_id, at);
  }
  expect([1_799_999, 1_800_000, 1_800_001].every((gap) => gaps.has(gap))).toBe(true);
});
