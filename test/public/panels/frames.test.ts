import { afterAll, describe, expect, it } from 'vitest';
import { noBrowser } from '../../support/browser.ts';
import { newContext, openWith } from '../in-page.ts';

const SCRIPT = `
  import { afterPaint, drawSoon } from '/js/panels/frames.js';
  Object.assign(window, { afterPaint, drawSoon });
`;

describe.skipIf(noBrowser !== undefined)('frames', async () => {
  if (noBrowser !== undefined) return;
  const context = await newContext();
  afterAll(() => context.close());
  const open = async () => {
    const page = await openWith(context, '', SCRIPT);
    await page.waitForFunction('window.drawSoon');
    return page;
  };

  it('what asks to be drawn before a frame is drawn in it, once and in order, and is told afterwards', async () => {
    const page = await open();
    const seen = await page.evaluate(`new Promise((resolve) => {
      const seen = [];
      const [a, b] = [() => seen.push('a'), () => seen.push('b')];
      const ask = requestAnimationFrame;
      window.requestAnimationFrame = (draw) => {
        seen.push('a frame');
        return ask(draw);
      };
      drawSoon(a);
      drawSoon(b);
      drawSoon(a);
      afterPaint(() => seen.push('painted'));
      seen.push('asked');
      afterPaint(() => resolve(seen));
    })`);
    expect(seen).toEqual(['a frame', 'asked', 'a', 'b', 'painted']);
  });

  it('what is drawn may ask to be drawn again, and is, in a later frame', async () => {
    const page = await open();
    const seen = await page.evaluate(`new Promise((resolve) => {
      const seen = [];
      drawSoon(function draw() {
        seen.push(seen.length);
        if (seen.length < 3) drawSoon(draw);
        else afterPaint(() => resolve(seen));
      });
    })`);
    expect(seen).toEqual([0, 1, 2]);
  });

  it('a draw that fails keeps none of the next frame from being drawn', async () => {
    const page = await open();
    const seen = await page.evaluate(`new Promise((resolve) => {
      addEventListener('error', (event) => event.preventDefault());
      drawSoon(() => { throw new Error('it fails'); });
      requestAnimationFrame(() => requestAnimationFrame(() => {
        drawSoon(() => {});
        afterPaint(() => resolve('painted'));
      }));
    })`);
    expect(seen).toBe('painted');
  });

  it('a frame that takes long is followed by a rest as long as it was late, and no longer than a quarter of a second', async () => {
    const page = await open();
    await page.evaluate(`(() => {
      window.slept = 0;
      const now = performance.now.bind(performance);
      performance.now = () => now() + slept;
    })()`);
    /** Milliseconds from the end of a frame that took so long to the next one. */
    const restAfter = (ms: number) =>
      page.evaluate<number>(`new Promise((resolve) => {
        drawSoon(() => {
          slept += ${ms};
          afterPaint(() => {
            const ended = performance.now();
            setTimeout(() => drawSoon(() => resolve(performance.now() - ended)));
          });
        });
      })`);
    expect(await restAfter(150)).toBeGreaterThanOrEqual(130);
    // A machine that slept for an hour in the middle of a frame: longer than a test would wait.
    expect(await restAfter(3_600_000)).toBeGreaterThanOrEqual(245);
  });
});
