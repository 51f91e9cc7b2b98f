// What tests do at /pipeline of a whole program, and what they ask of it.

import type { Browser, Page } from 'playwright-core';
import { afterEach, expect } from 'vitest';
import { type PipelineState, stateSchema } from '../../src/pipeline/state.ts';
import { closePages, openPage, STILL } from '../support/browser.ts';
import { anEvent } from '../support/events.ts';
import { eventually } from '../support/eventually.ts';
import type { Program } from '../support/program.ts';

export const HEALS = { timeout: 120_000 };
export const WHOLE_MS = 400_000;

export const partOf = (now: PipelineState, name: string) => now.parts.find(({ part }) => part === name);

/** Heals what each test has disturbed, after it. */
export async function pipeOf(program: Program, browser: Browser) {
  const context = await browser.newContext(STILL);
  afterEach(async () => {
    await fetch(`${program.url}/api/pipeline/heal`, { method: 'POST' });
    await closePages(browser);
  });
  async function open(): Promise<Page> {
    const page = await openPage(context);
    await page.goto(`${program.url}/pipeline`);
    await page.locator('[data-connection]', { hasText: 'Live' }).waitFor(HEALS);
    return page;
  }
  const state = async (): Promise<PipelineState> =>
    stateSchema.parse(await (await fetch(`${program.url}/api/pipeline`)).json());
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
    await eventually(async () => (await state()).ledger?.on_the_way === 0);
    const { ledger } = await state();
    expect(ledger).toMatchObject({ missing: 0, whole: true });
    expect(ledger?.stored).toBeGreaterThanOrEqual(atLeast);
    await expect.poll(() => page.locator('[data-verdict]').textContent(), HEALS).toContain('Whole');
    await page.getByRole('button', { name: 'Count every row' }).click();
    await expect.poll(() => page.locator('[data-proof]').textContent(), HEALS).toContain('none missing');
  }
  return { context, open, state, send, expectWhole };
}
