import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DEVICES } from '../../src/events/event.ts';
import { type LiveEvent, parseBatch, userIdOf } from '../../src/ingest/batch.ts';
import { KnownUsers } from '../../src/ingest/known-users.ts';
import { anEvent } from '../support/events.ts';

type Visit = {
  user: number;
  day: string;
  device: (typeof DEVICES)[number];
  bot: boolean;
  simulated: boolean;
};

/** Visits as ingest has read them. */
function read(visits: readonly Visit[]): readonly LiveEvent[] {
  const records = visits.map(({ user, day, device, bot, simulated }, offset) => ({
    offset: BigInt(offset),
    timestamp: Date.parse('2100-01-01'),
    key: null,
    value: Buffer.from(
      JSON.stringify(
        anEvent({
          user_id: user.toString(16).padStart(32, '0'),
          time: `${day}T12:00:00.000Z`,
          site_version: device,
          context: { bot, simulated },
        }),
      ),
    ),
  }));
  const { events, deadLetters } = parseBatch({ partition: 0, records });
  expect(deadLetters).toEqual([]);
  return events;
}
const visit = (changes: Partial<Visit> = {}): Visit => ({
  ...{ user: 1, day: '2019-06-01', device: 'mobile', bot: false, simulated: false },
  ...changes,
});
const unknown = (users: KnownUsers, ...visits: Visit[]) => users.unknown(read(visits)).length;

const anyVisit = fc.record<Visit>({
  user: fc.nat({ max: 3 }),
  day: fc.constantFrom('2019-01-02', '2019-12-30', '2020-06-01', '2019-12-31', '2020-01-01'),
  device: fc.constantFrom(...DEVICES),
  bot: fc.boolean(),
  simulated: fc.boolean(),
});

it('of each user, year, device and kind that is not known one event at least is asked for, and no more is known than was learned', () => {
  const isBorder = ({ day }: Visit) => /12-31|01-01/.test(day);
  const keyOf = (one: Visit) => [one.user, one.day.slice(0, 4), one.device, one.bot, one.simulated].join();
  fc.assert(
    fc.property(
      fc.array(anyVisit, { maxLength: 10 }),
      fc.array(anyVisit, { maxLength: 10 }),
      (before, now) => {
        const users = new KnownUsers();
        users.learn(read(before));
        const learned = new Set(before.filter((one) => !isBorder(one)).map(keyOf));
        const events = read(now);
        const asked = users.unknown(events).map((event) => now[events.indexOf(event)] as Visit);
        const wanted = new Set(now.filter((one) => !isBorder(one) && !learned.has(keyOf(one))).map(keyOf));
        expect(asked.filter((one) => !isBorder(one)).map(keyOf)).toEqual([...wanted]);
        // Around New Year the time zone decides the year: each is looked up.
        expect(asked.filter(isBorder)).toEqual(now.filter(isBorder));
      },
    ),
  );
});

it('a user is learned only once he was counted', () => {
  const users = new KnownUsers();
  expect([unknown(users, visit()), unknown(users, visit())]).toEqual([1, 1]);
  users.learn(read([visit()]));
  expect(unknown(users, visit(), visit({ day: '2019-07-01' }))).toBe(0);
  expect(
    unknown(users, visit({ device: 'desktop' }), visit({ day: '2020-06-01' }), visit({ bot: true })),
  ).toBe(3);
});

it('KnownUsers asks for the event of the user himself', () => {
  const users = new KnownUsers();
  users.learn(read([visit({ user: 1 })]));
  expect(users.unknown(read([visit({ user: 1 }), visit({ user: 2 })])).map(userIdOf)).toEqual([
    '2'.padStart(32, '0'),
  ]);
});
