import { expect, it } from 'vitest';
import { digestOf, entrySchema, ledgerFile } from '../../../src/simulator/ledger/entry.ts';
import { anEvent } from '../../support/events.ts';

const event = anEvent();

it('a ledger’s digest is of what a row must have, and neither of its time, its id nor its context', () => {
  const digest = digestOf(event);
  expect(digest).toMatch(/^[0-9a-f]{16}$/);
  const same = {
    ...event,
    order_id: 'f'.repeat(32),
    time: '2000-01-01T00:00:00.000Z',
    context: { bot: true },
  };
  expect(digestOf(same)).toBe(digest);
  const others = [
    { user_id: 'f'.repeat(32) },
    { page_id: 'f'.repeat(32) },
    { product: 'sneakers' as const },
    { site_version: 'mobile' as const },
    { title: 'banner_show' as const },
  ].map((change) => digestOf({ ...event, ...change }));
  expect(new Set([digest, ...others]).size).toBe(6);
});

it('a ledger lies in the data folder, under the name of its run', () => {
  expect(ledgerFile('/data', 'abc')).toBe('/data/simulator/run-abc.ndjson');
});

it('an entry of a ledger may have every outcome, and no other word for one', () => {
  const entry = { n: 0, order_id: null, at: 0, faults: ['late'], expect: 'stored', content: 'x', time: 0 };
  for (const outcome of ['stored', 'duplicate', 'undecodable', 'time_in_the_future'])
    expect(entrySchema.safeParse({ ...entry, expect: outcome }).success).toBe(true);
  expect(entrySchema.safeParse({ ...entry, expect: 'refused' }).success).toBe(false);
  expect(entrySchema.safeParse({ ...entry, faults: ['never'] }).success).toBe(false);
});
