import { describe, expect, it } from 'vitest';
import { noBrowser } from '../support/browser.ts';
import { newContext, openWith, partial } from './in-page.ts';

const COMMAND = 'npm run seed -- "product & more.csv"';

describe.skipIf(noBrowser !== undefined)('a command to copy', async () => {
  if (noBrowser !== undefined) return;
  const context = await newContext();
  const html = await partial('command', { command: COMMAND });
  const button = 'button[data-copy]';

  it('a command is copied as it is shown, and its button says so', async () => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const page = await openWith(context, html, `import '/js/copy.js'`);
    await page.locator(button).click();
    await page.locator(button).getByText('Copied').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(COMMAND);
    await page.locator(button).getByText('Copy', { exact: true }).waitFor();
  });

  it('a command has no button where the browser gives pages no clipboard', async () => {
    const page = await openWith(
      context,
      html,
      `Object.defineProperty(navigator, 'clipboard', { value: undefined });
       await import('/js/copy.js');
       document.body.dataset.ready = '';`,
    );
    await page.locator('body[data-ready]').waitFor();
    expect(await page.locator(button).isHidden()).toBe(true);
  });
});
