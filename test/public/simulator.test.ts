// The switch of the simulated shoppers on a page, in a browser: it shows what they do, and what is set there they follow.

import { describe, expect, it } from 'vitest';
import { startSimulator } from '../../src/simulator/part.ts';
import { afterFile } from '../support/after-file.ts';
import { noBrowser } from '../support/browser.ts';
import { testLog } from '../support/log.ts';
import { shopInBrowser } from '../support/shop-in-browser.ts';

const SOON = { timeout: 60_000 };

describe.skipIf(noBrowser !== undefined)('the switch of the shoppers', { timeout: 240_000 }, async () => {
  if (noBrowser !== undefined) return;
  const { line, context, open } = await shopInBrowser({ settings: { RATE_LIMIT: 'off' } });
  type Status = {
    readonly state: string;
    readonly settings: object;
    readonly run: { events: number } | null;
  };
  const status = async () => (await (await fetch(`${line.url}/api/simulator`)).json()) as Status;

  it('the switch of the shoppers says on a dashboard that nobody shops, and how somebody would', async () => {
    const page = await open('/dashboard');
    const crowd = page.locator('[data-crowd]');
    expect(await crowd.locator('[data-crowd-state]').textContent()).toBe('nobody: no simulator runs');
    await crowd.locator('summary').click();
    await crowd.getByText('npm start -- simulator brings them').waitFor();
    expect(await crowd.locator('input[name="rate"]').inputValue()).toBe('1');
  });

  it.each(['/dashboard', '/dashboard/live', '/pipeline'])(
    'the switch of the shoppers is on %s',
    async (path) => {
      const page = await open(path);
      await page.locator('[data-crowd] summary').waitFor();
    },
  );

  it('changes their rate and their faults, which shoppers then have, undoes what was not applied, and stops them', async () => {
    const part = await startSimulator(line.config, testLog);
    afterFile(() => part.close());
    const page = await open('/dashboard');
    const crowd = page.locator('[data-crowd]');
    const state = crowd.locator('[data-crowd-state]');
    await crowd.locator('summary').click();
    const [rate, late] = [crowd.locator('input[name="rate"]'), crowd.locator('input[name="late"]')];
    await expect.poll(() => rate.inputValue(), SOON).toBe('1');
    await rate.fill('12');
    await late.fill('12.5');
    await crowd.getByRole('button', { name: 'Apply' }).click();
    await expect.poll(status, SOON).toMatchObject({
      state: 'running',
      settings: { running: true, rate: 12, users: null, faults: { late: 0.125 } },
    });
    await expect.poll(async () => (await status()).run?.events ?? 0, SOON).toBeGreaterThan(5);
    await expect.poll(() => state.textContent(), SOON).toMatch(/ of 12, with faults: late 12\.5 %$/);
    expect(await crowd.getAttribute('data-state')).toBe('faulty');
    await expect
      .poll(() => crowd.locator('[data-count-of="late"]').textContent(), SOON)
      .toMatch(/^\d+ so far$/);

    await rate.fill('400');
    await crowd.getByRole('button', { name: 'Undo' }).click();
    expect([await rate.inputValue(), await late.inputValue()]).toEqual(['12', '12.5']);

    await crowd.getByRole('button', { name: 'Stop them' }).click();
    await expect.poll(() => state.textContent(), SOON).toBe('stopped');
    expect(await status()).toMatchObject({ state: 'stopped', run: null });
    expect(await crowd.locator('[data-crowd-switch]').textContent()).toBe('Start them');
  });

  it('the switch of the shoppers is locked for who may not change them', async () => {
    const page = await context.newPage();
    await page.setExtraHTTPHeaders({ 'X-Forwarded-For': '203.0.113.9' });
    await page.goto(`${line.url}/dashboard`);
    const crowd = page.locator('[data-crowd]');
    await crowd.locator('summary').click();
    await crowd.getByText('Only the shop’s own machine').waitFor();
    for (const control of await crowd.locator('input, button').all())
      expect(await control.isDisabled()).toBe(true);
  });

  it('the switch of the shoppers is locked until it knows how they are set, so that no click is lost', async () => {
    const page = await context.newPage();
    let answer = () => {};
    const asked = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.route('**/api/simulator', async (route) => {
      await asked;
      await route.continue();
    });
    await page.goto(`${line.url}/dashboard`);
    const crowd = page.locator('[data-crowd]');
    await crowd.locator('summary').click();
    expect(await crowd.locator('[data-crowd-switch]').isDisabled()).toBe(true);
    expect(await crowd.getByRole('button', { name: 'Apply' }).isDisabled()).toBe(true);
    answer();
    await crowd.locator('[data-crowd-switch]').click();
  });

  it('the switch of the shoppers says why a change was refused', async () => {
    const page = await context.newPage();
    await page.route('**/api/simulator', (route) =>
      route.request().method() === 'POST'
        ? route.fulfill({ status: 503, json: { error: { code: 'postgres', message: 'Postgres is away' } } })
        : route.continue(),
    );
    await page.goto(`${line.url}/dashboard`);
    const crowd = page.locator('[data-crowd]');
    await crowd.locator('summary').click();
    await crowd.locator('[data-crowd-switch]').click();
    await crowd.getByText('Not changed: Postgres is away').waitFor();
  });
});
