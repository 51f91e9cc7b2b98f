// Plays lessons in a browser, as a reader does.

import type { BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';
import { openPage } from '../support/browser.ts';

export const PLAYED = { timeout: 200_000 };
/** A lesson is played, judged, and may be judged again by a process that has to start first. */
export const LESSON_MS = 500_000;

/** @param url the shop's */
export function lessonPlayer(url: string, context: BrowserContext) {
  /** Opens a lesson, presses start and waits until it is over. */
  async function play(name: string): Promise<Page> {
    const page = await openPage(context);
    await page.goto(`${url}/lessons`);
    await page.locator(`a[href="/lessons/${name}"]`).click();
    expect(await page.locator('[data-answer]').isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Start' }).click();
    await page.locator('[data-run-state="over"]').waitFor(PLAYED);
    return page;
  }
  /** Presses a form's button, and waits for the page that it leads to: the one before may look alike. */
  async function submit(page: Page, name: string): Promise<void> {
    const loaded = page.waitForEvent('load');
    await page.getByRole('button', { name }).click();
    await loaded;
  }
  async function answer(page: Page, given: number): Promise<string | null> {
    await page.locator('input[name="answer"]').fill(String(given));
    await submit(page, 'Answer');
    return page.locator('.lesson-verdict').getAttribute('data-right');
  }
  return { play, submit, answer };
}
