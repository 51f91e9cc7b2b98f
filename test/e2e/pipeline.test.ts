// /pipeline in a real browser on the whole program: a part is killed, paused, its connections disturbed, and the pipe heals before
// one's eyes while the ledger stays whole.

import type { Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { type PipelineState, stateSchema } from '../../src/pipeline/state.ts';
import { noBrowser, startBrowser } from '../support/browser.ts';
import { anEvent } from '../support/events.ts';
import { eventually } from '../support/eventually.ts';
import { programSettings, startProgram } from '../support/program.ts';

const HEALS = { timeout: 60_000 };
const WHOLE_MS = 120_000;

describe.skipIf(noBrowser !== undefined)('/pipeline', async () => {
  if (noBrowser !== undefined) return;
  const [program, browser] = await Promise.all([startProgram(await programSettings()), startBrowser()]);
  const pages: Page[] = [];
  afterEach(async () => {
    await fetch(`${program.url}/api/pipeline/heal`, { method: 'POST' });
    await Promise.all(pages.splice(0).map((page) => page.close()));
  });

  async function open(): Promise<Page> {
    const page = await browser.newPage();
    pages.push(page);
    await page.goto(`${program.url}/pipeline`);
    await page.locator('[data-connection]', { hasText: 'Live' }).waitFor(HEALS);
    return page;
  }
  const state = async (): Promise<PipelineState> =>
    stateSchema.parse(await (await fetch(`${program.url}/api/pipeline`)).json());
  const partOf = (now: PipelineState, name: string) => now.parts.find(({ part }) => part === name);
  /** Sends events until it is told to stop; those that were acknowledged. */
  function send(): { stop(): Promise<number> } {
    let [taken, going] = [0, true];
    const sending = (async () => {
      while (going) {
        const body = JSON.stringify(anEvent());
        const headers = { 'Content-Type': 'application/json' };
        const response = await fetch(`${program.url}/api/events`, { method: 'POST', body, headers }).catch(
          () => undefined,
        );
        if (response?.status === 202) taken += 1;
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    })();
    return {
      stop: async () => {
        going = false;
        await sending;
        return taken;
      },
    };
  }
  /** Waits until all that is acknowledged is accounted for, then has every row counted. */
  async function expectWhole(page: Page, atLeast: number): Promise<void> {
    await eventually(async () => (await state()).ledger?.on_the_way === 0, 60);
    const { ledger } = await state();
    expect(ledger).toMatchObject({ missing: 0, whole: true });
    expect(ledger?.stored).toBeGreaterThanOrEqual(atLeast);
    await expect.poll(() => page.locator('[data-verdict]').textContent(), HEALS).toContain('Whole');
    await page.getByRole('button', { name: 'Count every row' }).click();
    await expect.poll(() => page.locator('[data-proof]').textContent(), HEALS).toContain('none missing');
  }

  it(
    'heals a part that is killed by its button, and the ledger stays whole',
    async () => {
      const page = await open();
      const load = send();
      const before = await eventually(async () => partOf(await state(), 'ingest')?.pid);
      await page.getByRole('button', { name: 'Kill ingest' }).click();
      const card = page.locator('[data-part="ingest"]');
      await expect.poll(() => card.locator('[data-ends]').textContent(), HEALS).toBe('1 ×');
      const happened = page.locator('[data-happened]');
      await expect
        .poll(() => happened.textContent(), HEALS)
        .toContain('ingest has ended: it ended with SIGKILL');
      await expect.poll(() => happened.textContent(), HEALS).toContain('ingest is there again');
      expect(partOf(await state(), 'ingest')?.pid).not.toBe(before);
      const taken = await load.stop();
      expect(taken).toBeGreaterThan(0);
      await expectWhole(page, taken);
    },
    WHOLE_MS,
  );

  it.each(['broker', 'postgres', 'web'])(
    'heals when %s is killed under load',
    async (name) => {
      const page = await open();
      const load = send();
      await page.getByRole('button', { name: `Kill ${name}` }).click();
      await eventually(async () => {
        const part = await state().then(
          (now) => partOf(now, name),
          () => undefined,
        );
        return part?.ends === 1 && part.state === 'running';
      }, 60);
      await load.stop();
      await expectWhole(page, 1);
    },
    WHOLE_MS,
  );

  it(
    'shows a part that stands still, and lets it go on',
    async () => {
      const page = await open();
      await page.getByRole('button', { name: 'Pause ingest for' }).click();
      const card = page.locator('[data-part="ingest"]');
      await expect.poll(() => card.getAttribute('data-state'), HEALS).toBe('paused');
      const load = send();
      await eventually(async () => ((await state()).ledger?.on_the_way ?? 0) > 0, 30);
      const resume = page.getByRole('button', { name: 'Let ingest go on' });
      if (await resume.isVisible()) await resume.click();
      await expect.poll(() => card.getAttribute('data-state'), HEALS).toBe('running');
      await expectWhole(page, await load.stop());
      expect(partOf(await state(), 'ingest')?.ends).toBe(1);
    },
    WHOLE_MS,
  );

  it.each([
    ['kafka', 'cut'],
    ['postgres', 'cut'],
    ['kafka', 'silent'],
  ] as const)(
    'heals connections to %s that were %s',
    async (target, kind) => {
      const page = await open();
      const load = send();
      const form = page.getByRole('form', { name: 'Disturb connections' });
      await form.getByLabel('To').selectOption(target);
      await form.getByLabel('Are').selectOption(kind);
      await form.getByLabel('For, s').fill('4');
      await form.getByRole('button').click();
      await expect
        .poll(() => page.locator('[data-happened]').textContent(), HEALS)
        .toContain(`fault: ${target} ${kind}`);
      await expect
        .poll(() => page.locator('[data-happened]').textContent(), HEALS)
        .toContain(`fault over: ${target}`);
      await load.stop();
      await expectWhole(page, 1);
    },
    WHOLE_MS,
  );

  it(
    'slows answers of Kafka by what it was told, and no longer than it was told',
    async () => {
      const page = await open();
      const took = async () => {
        const began = performance.now();
        const init = {
          method: 'POST',
          body: JSON.stringify(anEvent()),
          headers: { 'Content-Type': 'application/json' },
        };
        expect((await fetch(`${program.url}/api/events`, init)).status).toBe(202);
        return performance.now() - began;
      };
      const slow = { target: 'kafka', kind: 'slow', ms: 700, seconds: 120 };
      const init = {
        method: 'POST',
        body: JSON.stringify(slow),
        headers: { 'Content-Type': 'application/json' },
      };
      expect((await fetch(`${program.url}/api/pipeline/faults`, init)).status).toBe(202);
      // The first one may have been on its way already.
      await eventually(async () => (await took()) >= 700, 30);
      await page.getByRole('button', { name: 'Heal everything' }).click();
      await eventually(async () => (await took()) < 700, 30);
      await expectWhole(page, 1);
    },
    WHOLE_MS,
  );
});
