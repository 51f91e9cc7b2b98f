import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Cell, Digits, keyOf, Structure } from '../../../src/aggregator/core/cell.ts';
import { OpenSessions } from '../../../src/aggregator/core/open-sessions.ts';
import type { Session } from '../../../src/aggregator/core/session.ts';

/** The parts of a session by which it is found. */
const sessionOf = (group: readonly Cell[], periods: readonly string[]) =>
  ({ key: keyOf(group, periods), group, periods }) as unknown as Session;

const cells: (() => Cell)[] = [
  () => undefined,
  () => null,
  () => '',
  () => '1',
  () => 1,
  () => true,
  () => new Digits('9007199254740993'),
  () => new Digits('9007199254740995'),
  () => new Structure('[1]'),
];
const place = fc.record({
  group: fc
    .tuple(fc.constantFrom(...cells), fc.constantFrom(...cells))
    .map((makes) => makes.map((make) => make())),
  periods: fc.tuple(fc.constantFrom('2023', '2024')),
});

it('open sessions are found by cells as in a map by keys, however they come and go', () => {
  const act = fc.record({ how: fc.constantFrom('add', 'add', 'delete'), at: place });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 30 }), place, (acts, asked) => {
      const open = new OpenSessions();
      const plain = new Map<string, Session>();
      for (const { how, at } of acts) {
        const session = sessionOf(at.group, at.periods);
        const known = plain.get(session.key);
        if (how === 'add' && known === undefined) {
          open.add(session);
          plain.set(session.key, session);
        } else if (how === 'delete' && known !== undefined) {
          open.delete(known);
          plain.delete(session.key);
        }
        expect(open.find(at.group, at.periods)).toBe(plain.get(session.key));
      }
      expect(open.find(asked.group, asked.periods)).toBe(plain.get(keyOf(asked.group, asked.periods)));
      expect([...open]).toEqual([...plain.values()]);
      expect(open.size).toBe(plain.size);
    }),
    { numRuns: 500 },
  );
});

it('no open session is found once they were cleared', () => {
  const open = new OpenSessions();
  const group = [new Structure('[1]')];
  open.add(sessionOf(group, []));
  open.clear();
  expect([open.size, open.find(group, []), open.byKey(keyOf(group, []))]).toEqual([0, undefined, undefined]);
});
