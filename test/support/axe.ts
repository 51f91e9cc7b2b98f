import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/**
 * axe-core on a page without frames and sound: it runs in the page itself, fetches nothing, and describes only what it objects to.
 * @param isThere whether it has run in this page before, and need not be read once more
 */
export const axe = (page: Page, isThere = false): AxeBuilder =>
  new AxeBuilder({ page, ...(isThere && { axeSource: ';' }) })
    .setLegacyMode()
    .options({ resultTypes: ['violations'], preload: false });
