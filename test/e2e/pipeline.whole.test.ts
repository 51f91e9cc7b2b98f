// /pipeline in a real browser on the whole program: parts are killed and paused, connections disturbed, and the pipe heals before
// one's eyes while the ledger stays whole.

import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { ORDER_PAGE_ID } from '../../src/events/ids.ts';
import { noBrowser, openPage, startBrowser } from '../support/browser.ts';
import { anEvent } from '../support/events.ts';
import { eventually } from '../support/eventually.ts';
import { LINE, programSettings, startProgram } from '../support/program.ts';
import { zoneWhereItIsNoon } from '../support/zone.ts';
import { HEALS, partOf, pipeOf, WHOLE_MS } from './pipe.ts';

describe.skipIf(noBrowser !== undefined)('/pipeline', async () => {
  if (noBrowser !== undefined) return;
  const [program, browser] = await Promise.all([
    startProgram({ ...(await programSettings()), TIME_ZONE: zoneWhereItIsNoon() }, [...LINE, 'live']),
    startBrowser(),
  ]);
  const { context, open, state, send, expectWhole } = await pipeOf(program, browser);

  it('/pipeline draws dots while something moves, and asks for no frame while nothing does', async () => {
    const moving = await browser.newContext();
    const page = await moving.newPage();
    await page.goto(`${program.url}/pipeline`);
    const load = send();
    await page
      .locator('.pipe-dots circle')
      .first()
      .waitFor({ state: 'attached', ...HEALS });
    await load.stop();
    const rates = async () =>
      (await page.locator('.pipe-rate').allTextContents()).filter((words) => words !== '');
    await expect.poll(rates, HEALS).toEqual(Array(6).fill('0/s'));
    const frames = await page.evaluate(`(async () => {
      let asked = 0;
      const ask = window.requestAnimationFrame.bind(window);
      window.requestAnimationFrame = (callback) => {
        asked += 1;
        return ask(callback);
      };
      await new Promise((resolve) => setTimeout(resolve, 500));
      return asked;
    })()`);
    expect(frames).toBe(0);
    await moving.close();
  });

  it(
    '/pipeline heals when broker, postgres and web are killed under load',
    async () => {
      const page = await open();
      const load = send();
      for (const name of ['broker', 'postgres', 'web']) {
        await page.getByRole('button', { name: `Kill ${name}` }).click();
        await eventually(async () => {
          const part = await state().then(
            (now) => partOf(now, name),
            () => undefined,
          );
          return part?.ends === 1 && part.state === 'running';
        });
        // The page heals as well: its buttons are the next process's.
        await page.locator('[data-connection]', { hasText: 'Live' }).waitFor(HEALS);
      }
      await load.stop();
      await expectWhole(page, 1);
    },
    WHOLE_MS,
  );

  it(
    '/pipeline shows a part that stands still, and lets it go on',
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
      expect(partOf(await state(), 'ingest')?.ends).toBe(0);
    },
    WHOLE_MS,
  );

  it(
    '/pipeline draws the followers with their lag while their part stands still, and has both buttons for each part',
    async () => {
      const page = await open();
      const { parts } = await state();
      for (const { part } of parts)
        for (const name of [`Kill ${part}`, `Pause ${part} for`])
          expect(await page.getByRole('button', { name }).count()).toBe(1);
      const drawn = page.locator('[data-station="followers"]');
      const lags = async () => (await state()).followers.groups.map(({ lag }) => lag);
      await page.getByRole('button', { name: 'Pause live for' }).click();
      await expect.poll(() => drawn.getAttribute('data-health'), HEALS).toBe('paused');
      const load = send();
      await expect
        .poll(() => drawn.locator('.pipe-follower[data-behind="true"]').count(), HEALS)
        .toBeGreaterThan(0);
      expect((await state()).ledger).toMatchObject({ missing: 0 });
      const resume = page.getByRole('button', { name: 'Let live go on' });
      if (await resume.isVisible()) await resume.click();
      const taken = await load.stop();
      await expect.poll(lags, HEALS).toEqual([0, 0, 0]);
      for (const name of ['sessions', 'offers', 'enriched clicks'])
        await expect.poll(() => drawn.textContent(), HEALS).toContain(name);
      await expect.poll(() => drawn.getAttribute('data-health'), HEALS).toBe('good');
      const read = await page.locator('[data-followers] tr').count();
      expect(read).toBe(3 * (await state()).kafka.partitions.length);
      await expectWhole(page, taken);
    },
    WHOLE_MS,
  );

  it(
    '/pipeline lets broker and postgres stand still by their buttons, and all that came meanwhile is there afterwards',
    async () => {
      const page = await open();
      const load = send();
      for (const name of ['broker', 'postgres']) {
        const card = page.locator(`[data-part="${name}"]`);
        await page.getByRole('button', { name: `Pause ${name} for` }).click();
        await expect.poll(() => card.getAttribute('data-state'), HEALS).toBe('paused');
        await expect.poll(() => card.getAttribute('data-state'), HEALS).toBe('running');
      }
      await expectWhole(page, await load.stop());
    },
    WHOLE_MS,
  );

  it(
    '/pipeline heals connections that were cut or silent',
    async () => {
      const page = await open();
      const load = send();
      const form = page.getByRole('form', { name: 'Disturb connections' });
      const happened = page.locator('[data-happened]');
      for (const [target, kind] of [
        ['kafka', 'cut'],
        ['postgres', 'cut'],
        ['kafka', 'silent'],
      ] as const) {
        const times = async (words: string) => ((await happened.textContent()) ?? '').split(words).length - 1;
        const before = await times(`fault over: ${target}`);
        await form.getByLabel('To').selectOption(target);
        await form.getByLabel('Are').selectOption(kind);
        await form.getByLabel('For, s').fill('2');
        await form.getByRole('button').click();
        await expect.poll(() => times(`fault: ${target} ${kind}`), HEALS).toBe(1);
        await expect.poll(() => times(`fault over: ${target}`), HEALS).toBe(before + 1);
      }
      await load.stop();
      await expectWhole(page, 1);
    },
    WHOLE_MS,
  );

  it(
    '/pipeline fills the outbox by its button, shows how many events it turns away, and takes them again once it is healed',
    async () => {
      const page = await open();
      const before = (await state()).outbox.turned_away;
      const load = send();
      const outbox = page.locator('[data-station="outbox"]');
      await page.getByRole('button', { name: 'Fill the outbox' }).click();
      await expect.poll(() => outbox.getAttribute('data-health'), HEALS).toBe('bad');
      await expect.poll(() => outbox.textContent(), HEALS).toMatch(/no room left[1-9][\d,]* turned away/);
      const figure = page.locator('[data-field="outbox.turned_away"]');
      await expect.poll(() => figure.textContent(), HEALS).toMatch(/^[1-9]/);
      await page.getByRole('button', { name: 'Heal everything' }).click();
      await expect.poll(() => outbox.getAttribute('data-health'), HEALS).toBe('good');
      const taken = (await state()).outbox.taken;
      await eventually(async () => (await state()).outbox.taken > taken, 30);
      expect((await state()).outbox.turned_away).toBeGreaterThan(before);
      await expectWhole(page, await load.stop());
    },
    WHOLE_MS,
  );

  it(
    '/pipeline marks the time of a fault on the charts over time, also after a reload',
    async () => {
      const post = (path: string, body: object) =>
        fetch(`${program.url}${path}`, {
          method: 'POST',
          body: JSON.stringify(body),
          headers: { 'Content-Type': 'application/json' },
        });
      // An order, as an empty chart is not drawn.
      const order = { ...anEvent(), title: 'order', target: 1, page_id: ORDER_PAGE_ID };
      expect((await post('/api/events', order)).status).toBe(202);
      const openAt = async (path: string) => {
        const page = await openPage(context);
        await page.goto(program.url + path);
        return page;
      };
      const [today, live] = await Promise.all([openAt('/dashboard'), openAt('/dashboard/live')]);
      const named = (page: Page, panel: string) =>
        page
          .locator(`#${panel} .for-fault`)
          .allTextContents()
          .then((texts) => texts.join(' '));
      await today.locator('#today-orders[data-state="ready"]').waitFor(HEALS);
      expect(await named(today, 'today-orders')).not.toContain('kafka slow');

      const slow = { target: 'kafka', kind: 'slow', ms: 50, seconds: 120 };
      expect((await post('/api/pipeline/faults', slow)).status).toBe(202);
      const told = async () => (await fetch(`${program.url}/api/faults`)).json();
      await expect.poll(told, HEALS).toMatchObject({
        rows: expect.arrayContaining([expect.objectContaining({ fault: 'kafka slow', to: null })]),
      });
      for (const again of [false, true]) {
        if (again) await Promise.all([today.reload(), live.reload()]);
        await expect.poll(() => named(today, 'today-orders'), HEALS).toMatch(/now: kafka slow/);
        await expect.poll(() => isBanded(today), HEALS).toBe(true);
        await expect.poll(() => named(live, 'visitors'), HEALS).toMatch(/now: kafka slow/);
        const bar = live.locator('#visitors .column[data-fault]').last();
        await expect.poll(() => bar.getAttribute('aria-label'), HEALS).toContain('fault: kafka slow');
        await expect
          .poll(() => live.locator('#sessions .column[data-fault]').count(), HEALS)
          .toBeGreaterThan(0);
      }

      expect((await post('/api/pipeline/heal', {})).status).toBe(202);
      await expect.poll(() => named(today, 'today-orders'), HEALS).toMatch(/Fault [\d:–]+: kafka slow/);
      await expect.poll(() => named(live, 'visitors'), HEALS).not.toContain('now');
    },
    WHOLE_MS,
  );

  it(
    '/pipeline slows answers of Kafka by what it was told, and no longer than it was told',
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

/** Whether the chart of today's orders has a band at its top edge, in the colour of faults, where it is now. */
const isBanded = (page: Page): Promise<boolean> =>
  page.evaluate<boolean>(`(() => {
    const canvas = document.querySelector('#today-orders canvas');
    const { scales, chartArea } = window.Chart.getChart(canvas);
    const scale = canvas.width / canvas.clientWidth;
    const probe = document.body.appendChild(document.createElement('span'));
    probe.style.color = 'var(--bad)';
    const bad = getComputedStyle(probe).color.match(/\\d+/g).slice(0, 3).join();
    probe.remove();
    const x = scales.x.getPixelForValue(Date.now());
    return [-4, -2, 0, 2, 4].some((shift) => {
      const at = [(x + shift) * scale, (chartArea.top + 1) * scale].map(Math.round);
      return [...canvas.getContext('2d').getImageData(...at, 1, 1).data].slice(0, 3).join() === bad;
    });
  })()`);
