// /dashboard/live in a browser, with answers that come in an order which a running shop has rarely; e2e/live-panels has the way from a
// click in the shop to the panels.

import { afterEach, describe, expect, it } from 'vitest';
import { START } from '../../../src/behaviour/machine.ts';
import { picture } from '../../../src/behaviour/picture.ts';
import type { PanelsAnswer } from '../../../src/dashboard/live/answer.ts';
import { PANEL_NAMES, PANELS } from '../../../src/dashboard/panels/panels.ts';
import { USUAL } from '../../../src/events/whose.ts';
import { unknownSwitch } from '../../../src/simulator/control/switch-model.ts';
import { closePages, noBrowser, openPage, STILL, startBrowser } from '../../support/browser.ts';
import { type Answer, type Asked, scriptedShop } from '../scripted-shop.ts';
import { view } from '../view.ts';
import { AT, after, answer, meta, move, rawRow, told, VISITOR, visitors } from './answer.ts';

describe.skipIf(noBrowser !== undefined)('the page of the live panels', async () => {
  if (noBrowser !== undefined) return;
  const [shop, browser] = await Promise.all([scriptedShop(), startBrowser()]);
  const context = await browser.newContext(STILL);
  afterEach(() => closePages(browser));
  const stream = shop.stream('/api/live/panels/stream');
  shop.answers.set('/api/faults', () => ({ body: { rows: [] } }));
  shop.pages.set(
    '/dashboard/live',
    await view('live', {
      timeZone: 'UTC',
      whose: USUAL,
      whoseText: '',
      panels: PANEL_NAMES,
      present: [],
      unknown: [],
      groups: PANEL_NAMES.map((name) => [{ name, ...PANELS[name] }]),
      crowd: unknownSwitch(),
      attribution: null,
      picture,
      visitorId: VISITOR,
      place: START,
    }),
  );

  /** @param first the snapshot that the stream begins with */
  async function open(first: PanelsAnswer = answer(), query = '') {
    stream.greeting = [['panels', first]];
    const page = await openPage(context);
    await page.goto(`${shop.url}/dashboard/live${query}`);
    await page.locator('[data-connection]', { hasText: 'Live.' }).waitFor();
    const says = (selector: string, words: string | RegExp) =>
      page.locator(selector, { hasText: words }).first().waitFor();
    const reading = (panel: string) => page.locator(`#${panel} [data-reading]`).textContent();
    const places = () => page.locator('#raw tbody a').allTextContents();
    const here = () =>
      page.evaluate<string[]>(
        '[...document.querySelectorAll("[data-here]")].map(({ dataset }) => dataset.stateNode)',
      );
    return { page, says, reading, places, here };
  }

  /** Answers of /api/live/panels from now on, each when it is let go. */
  function holdAnswers() {
    const held: { asked: Asked; answer(given: Answer): void }[] = [];
    shop.answers.set(
      '/api/live/panels',
      (asked) => new Promise((resolve) => held.push({ asked, answer: resolve })),
    );
    const next = async (n: number) => {
      await expect.poll(() => held.length).toBeGreaterThan(n);
      return held[n] as (typeof held)[number];
    };
    return next;
  }

  it('a snapshot is drawn, and a change after it says of when the panels are', async () => {
    const { page, says, reading, places } = await open();
    await says('#visitors [data-reading]', '3 people in this minute, 2 people in the one before.');
    await says('[data-as-of]', 'As of 09:00:00.');
    expect(await reading('categories')).toBe('6 clicks in an hour.');
    expect(await places()).toEqual(['ecommerce 0/1']);
    expect(await page.locator('#sessions').getAttribute('data-empty')).toBe('');
    stream.tell('changes', told(5, { visitors: visitors(2, 4) }));
    await says('#visitors [data-reading]', '4 people in this minute');
    await says('[data-as-of]', 'As of 09:00:05.');
    stream.tell('raw', { added: [rawRow(2)] });
    await expect.poll(places).toEqual(['ecommerce 0/2', 'ecommerce 0/1']);
  });

  it('the picture of the state machine has the ring where the newest move of who looks has led, and where one was before', async () => {
    const { says, here } = await open(answer({ log: [move('sneakers_visited', 'b'.repeat(32))] }));
    await says('#log [data-reading]', 'You are at “init”.');
    expect(await here()).toEqual(['init']);
    stream.tell('changes', told(1, { log: [move('clothes_visited'), move('sneakers_visited')] }));
    await says('#log [data-reading]', 'You are at “clothes visited”.');
    expect(await here()).toEqual(['clothes_visited']);
    // Others have moved so often that the own move is in the list no more.
    stream.tell('changes', told(2, { log: [move('sneakers_visited', 'b'.repeat(32))] }));
    await says('[data-as-of]', '09:00:02');
    expect(await here()).toEqual(['clothes_visited']);
    // An offer is left at once.
    stream.tell('changes', told(3, { log: [move('offer')] }));
    await says('#log [data-reading]', 'You are at “init”.');
  });

  it('what is counted is what the pressed button says', async () => {
    const { page, says } = await open();
    const [people, events] = [page.locator('[data-count="people"]'), page.locator('[data-count="events"]')];
    await events.click();
    await says('#visitors [data-reading]', '30 events in this minute, 20 events in the one before.');
    expect(await people.getAttribute('aria-pressed')).toBe('false');
    expect(await events.getAttribute('aria-pressed')).toBe('true');
    await people.click();
    await says('#visitors [data-reading]', '3 people in this minute');
  });

  it('a bar asks for the rows that its number counts: of the same instant and snapshot of Postgres', async () => {
    const { page, says } = await open(answer({ meta: meta({ as_of: after(7), counted: '55:60:' }) }));
    const asked: Asked[] = [];
    shop.answers.set('/api/live/panels/visitors/behind', (question) => {
      asked.push(question);
      return { body: { rows: [] } };
    });
    await page.locator('[data-count="events"]').click();
    await page.locator('#visitors .column').last().click();
    await says('[data-behind-title]', /From 09:00: 30 events: 0 rows/);
    expect(Object.fromEntries(asked[0]?.query ?? [])).toEqual({
      of: AT,
      robots: 'exclude',
      simulated: 'include',
      count: 'events',
      at: after(7),
      counted: '55:60:',
    });
  });

  it('a look back is of its instant whatever the stream tells meanwhile, and says why there is none', async () => {
    const next = holdAnswers();
    const { page, says, reading, places, here } = await open(answer(), `?at=${after(-600)}`);
    await page.locator('main[data-rewound]').waitFor();
    const first = await next(0);
    expect(first.asked.query.get('at')).toBe(after(-600));
    first.answer({ body: answer({ visitors: visitors(0, 1), raw: [], meta: meta({ as_of: after(-600) }) }) });
    await says('#visitors [data-reading]', '1 person in this minute');
    await says('[data-as-of]', 'As of 2 Mar 2026, 08:50, 08:50:00.');
    // Of an instant only its last moves are known.
    expect(await here()).toEqual([]);
    stream.tell('panels', answer({ visitors: visitors(70, 80) }));
    stream.tell('changes', told(9, { visitors: visitors(50, 60) }));
    stream.tell('raw', { added: [rawRow(2)] });
    await page.locator('[data-count="events"]').click();
    await says('#visitors [data-reading]', '10 events in this minute');
    expect(await places()).toEqual([]);
    await page.locator('[data-rewind]').fill('-30');
    const second = await next(1);
    second.answer({
      status: 400,
      body: { error: { message: 'at is too early', expected: 'a later instant' } },
    });
    await says('[data-rewind-at]', 'not shown: at is too early, expected a later instant');
    expect(await reading('visitors')).toContain('10 events');
  });

  it('a look back to another instant overtakes one whose answer comes late', async () => {
    const next = holdAnswers();
    const { page, says, reading } = await open(answer(), `?at=${after(-600)}`);
    const [late] = [await next(0)];
    await page.locator('[data-rewind]').fill('-30');
    const newer = await next(1);
    newer.answer({ body: answer({ visitors: visitors(0, 5), meta: meta({ as_of: after(-1_800) }) }) });
    await says('#visitors [data-reading]', '5 people');
    const ended = page.waitForResponse((response) =>
      response.url().includes(encodeURIComponent(after(-600))),
    );
    late.answer({ body: answer({ visitors: visitors(0, 9) }) });
    await (await ended).finished();
    await page.evaluate('new Promise(requestAnimationFrame)');
    expect(await reading('visitors')).toContain('5 people');
  });

  it('who comes back to now sees the snapshot of now with what was told since, and each raw event once', async () => {
    const next = holdAnswers();
    const { page, says, places } = await open(answer(), `?at=${after(-600)}`);
    (await next(0)).answer({ body: answer({ raw: [], meta: meta({ as_of: after(-600) }) }) });
    await page.getByRole('button', { name: 'Back to now' }).click();
    const now = await next(1);
    expect(now.asked.query.has('at')).toBe(false);
    // The first is older than the snapshot that is on its way, the second newer; of the raw events it has one already.
    stream.tell('changes', told(10, { visitors: visitors(1, 10) }));
    await says('#visitors [data-reading]', '10 people');
    stream.tell('changes', told(30, { visitors: visitors(1, 30) }));
    await says('#visitors [data-reading]', '30 people');
    stream.tell('raw', { added: [rawRow(2)] });
    stream.tell('raw', { added: [rawRow(3)] });
    await expect.poll(places).toEqual(['ecommerce 0/3', 'ecommerce 0/2']);
    const raw = [rawRow(4), rawRow(2), rawRow(1)];
    now.answer({ body: answer({ visitors: visitors(1, 20), raw, meta: meta({ as_of: after(20) }) }) });
    await expect.poll(places).toEqual([3, 4, 2, 1].map((n) => `ecommerce 0/${n}`));
    await says('#visitors [data-reading]', '30 people');
    await says('[data-as-of]', 'As of 09:00:30.');
  });

  it('who comes back to now does not see what was told before the snapshot of now was made', async () => {
    const next = holdAnswers();
    const { page, says, reading } = await open(answer(), `?at=${after(-600)}`);
    (await next(0)).answer({ body: answer({ meta: meta({ as_of: after(-600) }) }) });
    await page.getByRole('button', { name: 'Back to now' }).click();
    const now = await next(1);
    stream.tell('changes', told(10, { visitors: visitors(1, 10) }));
    await says('#visitors [data-reading]', '10 people');
    now.answer({ body: answer({ visitors: visitors(1, 20), meta: meta({ as_of: after(20) }) }) });
    await says('[data-as-of]', 'As of 09:00:20.');
    expect(await reading('visitors')).toContain('20 people');
  });

  it('who comes back to now while the shop can’t answer is shown now as soon as it can', async () => {
    const next = holdAnswers();
    const { page, says, places } = await open(answer(), `?at=${after(-600)}`);
    (await next(0)).answer({ body: answer({ raw: [rawRow(9)], meta: meta({ as_of: after(-600) }) }) });
    await page.getByRole('button', { name: 'Back to now' }).click();
    (await next(1)).answer({ status: 503, body: { error: { message: 'busy', expected: 'a later try' } } });
    await says('[data-rewind-at]', 'not shown: busy, expected a later try');
    const again = await next(2);
    expect(again.asked.query.has('at')).toBe(false);
    stream.tell('raw', { added: [rawRow(3)] });
    again.answer({ body: answer({ raw: [rawRow(2)], meta: meta({ as_of: after(20) }) }) });
    await says('[data-rewind-at]', 'now');
    await expect.poll(places).toContain('ecommerce 0/2');
    expect(await places()).not.toContain('ecommerce 0/9');
  });

  it('a lost connection is said, and the snapshot of the next one is shown', async () => {
    const { page, says } = await open();
    stream.isAway = true;
    stream.drop();
    await says('[data-connection]', 'Connection lost, trying again.');
    expect(await page.locator('[data-connection]').getAttribute('data-state')).toBe('lost');
    stream.greeting = [['panels', answer({ visitors: visitors(7, 8) })]];
    stream.isAway = false;
    await says('[data-connection]', 'Live.');
    await says('#visitors [data-reading]', '8 people in this minute');
  });

  it('a choice of whose events are counted is made at once, and the page that comes has the focus where this one had it', async () => {
    const { page } = await open();
    expect(await page.getByRole('button', { name: 'Apply' }).count()).toBe(0);
    const robots = page.getByLabel('Robots');
    await robots.focus();
    await robots.selectOption('only');
    await page.waitForURL(/\?robots=only&simulated=include#whose-robots$/);
  });
});
