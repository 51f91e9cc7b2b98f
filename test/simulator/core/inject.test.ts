import { isbot } from 'isbot';
import { describe, expect, it } from 'vitest';
import { futureOf } from '../../../src/events/future.ts';
import { parseEventBytes } from '../../../src/events/parse.ts';
import { FAULT_NAMES, type Fault, type FaultName } from '../../../src/simulator/core/faults.ts';
import { Injector, type Send, sentAgain } from '../../../src/simulator/core/inject.ts';
import { anEvent } from '../../support/events.ts';

const NOW = Date.parse('2026-03-02T09:00:00.000Z');
const event = anEvent({
  time: new Date(NOW).toISOString(),
  context: { item: 'tent', received_at: new Date(NOW).toISOString() },
});
const shopper = { number: 3, role: undefined };
const certainly = (...names: FaultName[]): Fault[] =>
  names.map((fault) => ({ fault, share: 1, from: 0, until: Number.POSITIVE_INFINITY }));

/** The sends of the event, again and again. */
function sends(faults: readonly Fault[], count = 200): Send[][] {
  const injector = new Injector(1, NOW, faults);
  return Array.from({ length: count }, () => injector.sendsOf({ time: NOW, event, shopper }));
}

const bytesOf = ({ broken, event }: Send) => Buffer.from(broken ?? JSON.stringify(event));

describe('an event without a fault', () => {
  it('an event without a fault is sent once, as it is', () => {
    const plain = {
      at: NOW,
      key: event.user_id,
      event,
      broken: undefined,
      faults: [],
      expect: 'stored',
      role: undefined,
    };
    expect(sends([], 1)).toEqual([[plain]]);
    expect(sends([{ fault: 'late', share: 0, from: 0, until: Number.POSITIVE_INFINITY }], 1)).toEqual([
      [plain],
    ]);
    expect(sends([{ fault: 'late', share: 1, from: 1, until: 9 }], 1)).toEqual([[plain]]);
  });
});

describe('a fault', () => {
  it('a fault is there from its beginning to before its end', () => {
    const injector = new Injector(1, NOW, [{ fault: 'duplicate', share: 1, from: 1_000, until: 2_000 }]);
    const counts = [999, 1_000, 1_999, 2_000].map(
      (at) => injector.sendsOf({ time: NOW + at, event, shopper }).length,
    );
    expect(counts).toEqual([1, 2, 2, 1]);
  });

  it.each(FAULT_NAMES)(
    'a fault expects of %s, alone and with all others, what the parser says of the bytes',
    (name) => {
      const others = FAULT_NAMES.filter((one) => one !== name && one !== 'poison-codec');
      const mixed: Fault[] = [
        ...certainly(name),
        ...others.map((fault) => ({ fault, share: 0.3, from: 0, until: Number.POSITIVE_INFINITY })),
      ];
      for (const send of [...sends(certainly(name)), ...sends(mixed)].flat()) {
        if (send.expect === 'undecodable') continue;
        const parsed = parseEventBytes(bytesOf(send));
        const rejection = parsed.ok ? futureOf(Date.parse(parsed.event.time), send.at) : parsed.rejection;
        const isCopy = send.expect === 'duplicate';
        expect(isCopy ? 'stored' : send.expect).toBe(rejection?.code ?? 'stored');
      }
    },
  );

  it('a fault of one kind more leaves the draws of the others as they were', () => {
    const late = (faults: readonly Fault[]) => sends(faults).map(([first]) => first?.faults.includes('late'));
    const some: Fault[] = [{ fault: 'late', share: 0.5, from: 0, until: Number.POSITIVE_INFINITY }];
    const alone = late(some).slice(0, 1);
    expect(late([...some, { fault: 'malformed', share: 0, from: 0, until: 1 }])).toEqual(late(some));
    expect(alone).toHaveLength(1);
  });

  it('a fault of lateness makes an event at most six hours old, and not younger than a second', () => {
    for (const [send] of sends(certainly('late'))) {
      const ageMs = NOW - Date.parse(send?.event.time ?? '');
      expect(ageMs).toBeGreaterThanOrEqual(1_000);
      expect(ageMs).toBeLessThanOrEqual(6 * 3_600_000);
      expect(send?.at).toBe(NOW);
    }
  });

  it('a fault of order holds an event back by half a second to five, and leaves its time', () => {
    for (const [send] of sends(certainly('out-of-order'))) {
      expect(send?.event).toBe(event);
      expect(send?.at).toBeGreaterThanOrEqual(NOW + 500);
      expect(send?.at).toBeLessThan(NOW + 5_000);
    }
  });

  it('a fault of a skewed clock is two days ahead in one case of four, and refused as such', () => {
    const all = sends(certainly('clock-skew'), 1_000).flat();
    const ahead = all.filter(({ expect }) => expect === 'time_in_the_future');
    expect(ahead.length / all.length).toBeCloseTo(0.25, 1);
    for (const { event } of ahead) expect(Date.parse(event.time)).toBe(NOW + 2 * 86_400_000);
  });

  it('a fault of duplication sends the same bytes once more, up to five seconds later', () => {
    for (const [first, copy] of sends(certainly('duplicate'))) {
      if (first === undefined || copy === undefined) throw new Error('expected two sends');
      expect(bytesOf(copy).equals(bytesOf(first))).toBe(true);
      expect([first.expect, copy.expect]).toEqual(['stored', 'duplicate']);
      expect(copy.at - first.at).toBeGreaterThanOrEqual(100);
      expect(copy.at - first.at).toBeLessThan(5_000);
    }
  });

  it('a fault of robots sends one more show beside the event, which itself has no fault', () => {
    for (const [first, robot] of sends(certainly('bot-surge'))) {
      expect(first).toMatchObject({ event, faults: [], expect: 'stored' });
      expect(robot).toMatchObject({
        faults: ['bot-surge'],
        expect: 'stored',
        event: {
          title: 'banner_show',
          product: event.product,
          context: { bot: true, simulated: true, item: 'tent' },
        },
      });
      expect(robot?.event.user_id).not.toBe(event.user_id);
      // As the shop would find out itself.
      expect(isbot(robot?.event.context?.user_agent)).toBe(true);
    }
  });
});

describe('faultySends', () => {
  it('faultySends() makes no event where there is no fault, and leaves out the sends without one', () => {
    let made = 0;
    const make = () => {
      made++;
      return event;
    };
    const none = new Injector(
      1,
      NOW,
      certainly('late').map((fault) => ({ ...fault, from: 10 })),
    );
    expect(none.faultySends(3, NOW, make)).toEqual([]);
    expect(made).toBe(0);
    const robots = new Injector(1, NOW, certainly('bot-surge')).faultySends(3, NOW, make);
    expect(robots.map(({ faults }) => faults)).toEqual([['bot-surge']]);
  });
});

it('a second send of what is refused is expected to be refused again', () => {
  const [first] = sends(certainly('malformed'), 1).flat();
  if (first === undefined) throw new Error('expected a send');
  expect(sentAgain(first, NOW + 7)).toEqual({ ...first, at: NOW + 7 });
});
