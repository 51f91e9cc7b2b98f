// What the live panels answer, for tests of the page that shows it.

import type { PanelsAnswer, Told } from '../../../src/dashboard/live/answer.ts';
import type { RawRow } from '../../../src/dashboard/panels/raw.ts';

export const AT = '2026-03-02T09:00:00.000Z';
export const VISITOR = 'a'.repeat(32);

/** ISO. @param seconds after AT */
export const after = (seconds: number): string => new Date(Date.parse(AT) + seconds * 1_000).toISOString();

const NOTHING = { p50_ms: null, p99_ms: null };

export const meta = (changes: Partial<PanelsAnswer['meta']> = {}): PanelsAnswer['meta'] => ({
  as_of: AT,
  robots: 'exclude',
  simulated: 'include',
  offsets: {},
  counted: '10:20:',
  freshness: { ...NOTHING, panels: {} as PanelsAnswer['meta']['freshness']['panels'] },
  lag: null,
  attribution: null,
  log_since: null,
  ...changes,
});

/** Two minutes: people of the one that is over, and of the newest. */
export const visitors = (before: number, newest: number): PanelsAnswer['visitors'] =>
  [before, newest].map((people, n) => ({
    from: after((n - 1) * 60),
    to: after(n * 60),
    people,
    events: people * 10,
    late: 0,
  }));

export const rawRow = (n: number): RawRow =>
  ({
    order_id: String(n).padStart(32, '0'),
    user_id: VISITOR,
    title: 'order',
    product: 'clothes',
    item: null,
    simulated: false,
    time: AT,
    arrived: AT,
    topic: 'ecommerce',
    partition: 0,
    offset: String(n),
  }) as RawRow;

/** A move of the state machine, of the visitor who looks unless another is given. */
export const move = (to: string, user = VISITOR) =>
  ({ at: AT, user_id: user, order_id: '1', from_state: 'init', to_state: to, because: 'clothes' }) as never;

export const answer = (changes: Partial<PanelsAnswer> = {}): PanelsAnswer => ({
  visitors: visitors(2, 3),
  sessions: [],
  pages: [],
  devices: [{ device: 'desktop', people: 4 }],
  categories: [{ product: 'clothes', count: 6 }],
  latest: [],
  log: [],
  raw: [rawRow(1)],
  meta: meta(),
  ...changes,
});

/** As the stream tells a change. @param seconds after AT */
export function told(seconds: number, changes: Partial<PanelsAnswer> = {}): Told {
  const { raw: _, ...panels } = answer(changes);
  return { ...panels, meta: { ...meta({ as_of: after(seconds) }), ages: {} } };
}
