// npm run test:look: every page at every width in both themes, by all rules of axe-core; each page is opened on a phone, and on a large
// screen in the dark.

import { beforeAll, describe } from 'vitest';
import { noBrowser, startBrowser } from '../support/browser.ts';
import { startLine } from '../support/line.ts';
import { expectNothingOf, type Look, lookAtEveryPage } from './every-page.ts';

const PHONE = 320;
const LARGE = 1440;
const WIDTHS = [PHONE, 360, 390, 768, LARGE];
const looksIn = (theme: 'light' | 'dark') =>
  WIDTHS.map((width): Look => ({ theme, width, ...(width === LARGE && { rules: 'all' }) }));
const LOOKS = [...looksIn('light'), ...looksIn('dark')] as [Look, ...Look[]];
/** Colours are those of the large screen. */
const onPhone = (look: Look): Look =>
  look.width === PHONE && look.theme === 'light' ? { ...look, rules: 'all but colours' } : look;

describe.skipIf(noBrowser !== undefined)('every page', async () => {
  if (noBrowser !== undefined) return;
  const [{ url }, browser] = await Promise.all([startLine(), startBrowser()]);

  describe.each([
    ['opened on a phone, in the light', LOOKS.map(onPhone) as typeof LOOKS],
    ['opened on a large screen, in the dark', LOOKS.toReversed() as typeof LOOKS],
  ])('%s', (_, looks) => {
    let found: Awaited<ReturnType<typeof lookAtEveryPage>>;
    beforeAll(async () => {
      found = await lookAtEveryPage(url, browser, looks);
    }, 600_000);
    expectNothingOf(looks, () => found);
  });
});
