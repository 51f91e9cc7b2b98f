// The picture of the pipe in a browser: its shape, what fills it, and the dots.

import { afterAll, describe, expect, it } from 'vitest';
import type { PipelineState } from '../../../src/pipeline/state.ts';
import { noBrowser, startBrowser } from '../../support/browser.ts';
import { newContext, openWith } from '../in-page.ts';
import { AT, follower, partition, state } from './state.ts';

const BODY = '<div id="place" style="width: 1200px"></div>';
const SCRIPT = `
  import { Drawing } from '/js/pipeline/drawing.js';
  window.drawing = new Drawing(document.getElementById('place'));`;

describe.skipIf(noBrowser !== undefined)('the picture of the pipe', async () => {
  if (noBrowser !== undefined) return;
  const context = await newContext();
  afterAll(() => context.close());
  const open = async (from = context) => {
    const page = await openWith(from, BODY, SCRIPT);
    await page.waitForFunction('window.drawing');
    const show = (now: PipelineState) => page.evaluate(`drawing.show(${JSON.stringify(now)})`);
    return { page, show, texts: (selector: string) => page.locator(selector).allTextContents() };
  };
  const { kafka, outbox, followers } = state();
  const partitions = (count: number) => Array.from({ length: count }, (_, n) => partition(n));

  it('the picture has a lane for each of up to six partitions, a line for each of up to nine followers, and says how many more there are', async () => {
    const { page, show, texts } = await open();
    const counts = async () => [
      await page.locator('.pipe-lane').count(),
      await page.locator('.pipe-follower').count(),
    ];
    await show(state());
    expect(await counts()).toEqual([2, 3]);
    const many = Array.from({ length: 11 }, (_, n) => follower(`reader ${n}`, n));
    await show(
      state({ kafka: { ...kafka, partitions: partitions(8) }, followers: { ...followers, groups: many } }),
    );
    expect(await counts()).toEqual([6, 9]);
    expect(await texts('[data-station="kafka"] .pipe-words')).toContain('ecommerce, and 2 more');
    expect(await texts('[data-station="followers"] > .pipe-words')).toEqual(['and 2 more, pid 4711']);
    expect(await texts('.pipe-follower >> nth=8')).toEqual(['reader 8992, lag 8']);
    // Kafka is away: the lane of a partition that may come is there, and hidden.
    await show(state({ kafka: { ...kafka, problem: 'away', partitions: [] } }));
    expect(await page.locator('.pipe-lane').count()).toBe(1);
    expect(await page.locator('.pipe-lane').getAttribute('hidden')).toBe('');
  });

  it('the elements of the picture stay while its shape does, and are drawn anew as a column where there is little room', async () => {
    const { page, show } = await open();
    await show(state());
    await page.evaluate('window.kept = document.querySelector("svg")');
    await show(state({ faults: [{ target: 'outbox', kind: 'full', ms: null, until: AT }] }));
    expect(await page.evaluate('kept === document.querySelector("svg")')).toBe(true);
    expect(await page.locator('[data-station="outbox"]').getAttribute('data-health')).toBe('bad');
    await page.evaluate('document.getElementById("place").style.width = "320px"');
    await page.locator('svg.narrow').waitFor();
    expect(await page.locator('svg').count()).toBe(1);
    expect(await page.locator('[data-station="outbox"]').getAttribute('data-health')).toBe('bad');
    expect(await page.locator('svg').getAttribute('aria-label')).toContain('3 wait in the outbox');
  });

  it('the gauge is as wide as the outbox is full, is seen as soon as anything waits, and is empty where nothing does', async () => {
    const { page, show } = await open();
    const widthWith = async (bytes: number) => {
      await show(state({ outbox: { ...outbox, bytes, most_bytes: 8_192 } }));
      const width = async (name: string) => Number(await page.locator(name).getAttribute('width'));
      return (await width('.pipe-gauge-fill')) / (await width('.pipe-gauge'));
    };
    expect(await widthWith(0)).toBe(0);
    expect(await widthWith(4_096)).toBe(0.5);
    expect(await widthWith(9_000)).toBe(1);
    const seen = await widthWith(1);
    expect(seen).toBeGreaterThan(0.01);
    expect(seen).toBeLessThan(0.1);
  });

  it('an arrow says its rate and the fault of its connections, which goes with the fault', async () => {
    const { page, show, texts } = await open();
    await show(state({ faults: [{ target: 'kafka', kind: 'slow', ms: 400, until: AT }] }));
    expect(await texts('.pipe-rate')).toEqual(['12/s', '11/s', '10/s', '9/s', '8/s', '6/s', '']);
    expect(await texts('.pipe-fault')).toEqual(['', '+0.4 s', '+0.4 s', '', '', '+0.4 s', '']);
    expect(await page.locator('.pipe-arrow[data-fault="slow"]').count()).toBe(3);
    await show(state());
    expect(await page.locator('.pipe-arrow[data-fault=""]').count()).toBe(7);
    expect((await texts('.pipe-fault')).join('')).toBe('');
  });

  it('dots travel along the arrows on which something moves, and none where motion is reduced', async () => {
    const count = `(() => {
      window.travelled = {};
      const animate = Element.prototype.animate;
      Element.prototype.animate = function (...given) {
        const arrow = [...document.querySelectorAll('.pipe-arrow')].indexOf(this.closest('.pipe-arrow'));
        window.travelled[arrow] = (window.travelled[arrow] ?? 0) + 1;
        return animate.apply(this, given);
      };
    })()`;
    const moving = await (await startBrowser()).newContext();
    const still = state({ followers: { ...followers, read_per_second: 0 } });
    const [one, other] = [await open(moving), await open()];
    for (const { page, show } of [one, other]) {
      await page.evaluate(count);
      await show(still);
    }
    await one.page.waitForFunction('Object.keys(travelled).length === 5 && travelled[0] > 2');
    expect(await one.page.evaluate('Object.keys(travelled)')).toEqual(['0', '1', '2', '3', '4']);
    // What has arrived is gone.
    await one.show(state({ ...still, outbox: { ...outbox, taken_per_second: 0 } }));
    await one.page.waitForFunction(
      'document.querySelectorAll(".pipe-arrow")[0].querySelector("circle") === null',
    );
    expect(await other.page.evaluate('travelled')).toEqual({});
    await moving.close();
  });
});
