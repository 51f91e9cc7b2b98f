import { afterAll, describe, expect, it } from 'vitest';
import { noBrowser } from '../../support/browser.ts';
import { newContext, openWith } from '../in-page.ts';

const NOW = Date.parse('2026-03-02T09:00:00Z');
const BODY = [
  ['visitors', 'events'],
  ['log', 'moves'],
  ['raw', 'events'],
]
  .map(
    ([name, source]) =>
      `<section class="live-panel" id="${name}" data-source="${source}"><p data-fresh></p></section>`,
  )
  .join('');
const SCRIPT = `
  import * as freshness from '/js/panels/freshness.js';
  window.fresh = freshness;
  window.told = (seconds, ages) => ({ as_of: new Date(${NOW} + seconds * 1000).toISOString(), ages });
  window.says = (lags, isNow = true) => {
    freshness.sayFreshness({ panels: Object.fromEntries(Object.entries(lags).map(([name, lag]) => [name, { lag }])) }, isNow);
    return [...document.querySelectorAll('[data-fresh]')].map(({ textContent }) => textContent);
  };
  window.painted = (...names) => freshness.notePainted((name) => names.includes(name));
`;
const NOTHING = 'No new event painted';

describe.skipIf(noBrowser !== undefined)('the freshness of a panel', async () => {
  if (noBrowser !== undefined) return;
  const context = await newContext();
  afterAll(() => context.close());
  /** @param ahead milliseconds that the server's clock shows more than this machine's */
  const open = async (ahead = 0) => {
    const page = await openWith(context, BODY, SCRIPT);
    await page.clock.setFixedTime(NOW);
    await page.waitForFunction('window.says');
    await page.evaluate(`fresh.noteClock(${NOW + ahead})`);
    return (expression: string) => page.evaluate(expression);
  };

  it('an event ages until its panel is painted, by the clock of the server', async () => {
    const run = await open(5_000);
    await run('fresh.noteTold(told(4, { events: { n: 2, ages: [100, 300] }, moves: { n: 1, ages: [50] } }))');
    expect(await run('says({})')).toEqual([NOTHING, NOTHING, NOTHING]);
    // Told as of a second before the frame, by the server's clock.
    await run('painted("visitors")');
    expect(await run('says({ visitors: 0, log: 1234 })')).toEqual([
      'Event → pixel 1,300 ms, p99 1,300 ms · lag 0',
      `${NOTHING} · lag 1,234`,
      NOTHING,
    ]);
    await run('painted("visitors", "log", "raw"), fresh.noteRawPainted()');
    expect(await run('says({})')).toEqual([
      'Event → pixel 1,300 ms, p99 1,300 ms',
      'Event → pixel 1,050 ms, p99 1,050 ms',
      NOTHING,
    ]);
  });

  it('raw events are in frames of their own, and each has the instant at which Kafka had it', async () => {
    const run = await open();
    await run(`fresh.noteRaw(['2026-03-02T08:59:59.990Z'])`);
    await run('painted("visitors", "log", "raw")');
    expect(await run('says({})')).toEqual([NOTHING, NOTHING, NOTHING]);
    await run('fresh.noteRawPainted()');
    expect(await run('says({ raw: 7 })')).toEqual([
      NOTHING,
      NOTHING,
      'Event → pixel 10 ms, p99 10 ms · lag 7',
    ]);
  });

  it('an age is in milliseconds below ten seconds, in seconds below ten minutes, else in minutes', async () => {
    const said = async (ms: number) => {
      const run = await open();
      await run(`fresh.noteTold(told(0, { moves: { n: 1, ages: [${ms}] } }))`);
      await run('painted("log")');
      return run('says({})[1].match(/pixel (.*),.*p99/)[1]');
    };
    expect([await said(9_999), await said(10_000), await said(599_999), await said(600_000)]).toEqual([
      '9,999 ms',
      '10 s',
      '600 s',
      '10 min',
    ]);
  });

  it('the clock of the server is that of the message that took least, until the connection is another', async () => {
    const run = await open(1_000);
    const age = async () => {
      await run('fresh.noteTold(told(0, { moves: { n: 1, ages: [0] } }))');
      await run('painted("log")');
      return run('says({})[1].match(/p99 (.*) ms/)[1]');
    };
    // Of a message that was on its way for 400 ms.
    await run(`fresh.noteClock(${NOW + 600})`);
    expect(await run('fresh.serverNow()')).toBe(NOW + 600);
    expect(await age()).toBe('1,000');
    await run(`fresh.forgetClock(), fresh.noteClock(${NOW + 2_000})`);
    expect(await age()).toBe('2,000');
  });

  it('what was told and not painted is forgotten with a snapshot, and of a look back nothing is said', async () => {
    const run = await open();
    await run('fresh.noteTold(told(0, { events: { n: 1, ages: [5] } }))');
    await run('fresh.forgetTold()');
    await run('painted("visitors")');
    expect(await run('says({ visitors: 3 })')).toEqual([`${NOTHING} · lag 3`, NOTHING, NOTHING]);
    expect(await run('says({ visitors: 3 }, false)')).toEqual(['\u00a0', '\u00a0', '\u00a0']);
  });
});
