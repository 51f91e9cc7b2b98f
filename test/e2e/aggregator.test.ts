// The manual's print shop, built by hand in the page. Sheets come through Kafka, and the page shows them flushed with their reason, and
// the records behind it; aggregator.whole does it without a script.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { startAggregator } from '../../src/aggregator/realtime/part.ts';
import { runs } from '../real-kafka/apache-kafka.ts';
import { closePages, noBrowser, openPage, startBrowser } from '../support/browser.ts';
import { testLog } from '../support/database.ts';
import { startLine } from '../support/line.ts';

const DUE = 60_000;
/** As anybody may send them; where it isn't there, by kafkajs. */
const hasKcat = runs('kcat', ['-V']);

/** A day of the month on which nothing is flushed under the test's hands. */
const neitherTodayNorTomorrow = () => String(((new Date().getUTCDate() + 13) % 28) + 1);

describe.skipIf(noBrowser !== undefined)('the page of the aggregator', async () => {
  if (noBrowser !== undefined) return;
  const [line, browser] = await Promise.all([
    startLine({ settings: { AGGREGATOR_CHECK_SECONDS: '1' } }),
    startBrowser(),
  ]);
  const context = await browser.newContext();
  afterEach(() => closePages(browser));

  async function open(path: string, options?: Parameters<typeof browser.newContext>[0]): Promise<Page> {
    const page = await (options === undefined ? openPage(context) : browser.newPage(options));
    await page.goto(line.url + path);
    return page;
  }

  async function print(topic: string, sheets: readonly (readonly [string, number])[]): Promise<void> {
    const values = sheets.map(([subscriber, count]) =>
      JSON.stringify({ subscriber, sheets: count, at: '2026-11-29T12:00:00.000Z' }),
    );
    if (hasKcat) {
      const brokers = String(line.config.KAFKA_BROKERS);
      const child = spawn('kcat', ['-P', '-b', brokers, '-t', topic], {
        stdio: ['pipe', 'ignore', 'inherit'],
      });
      child.stdin.end(values.join('\n'));
      expect(await once(child, 'exit')).toEqual([0, null]);
      return;
    }
    const producer = line.kafka.producer();
    await producer.connect();
    await producer.send({ topic, messages: values.map((value) => ({ value })) });
    await producer.disconnect();
  }

  it('the print shop is built by hand, and 70 sheets are shown flushed with their reason', async () => {
    const aggregator = await startAggregator(line.config, testLog);
    await print('prints', [['Bob', 3]]);
    const page = await open('/aggregator');
    await page.getByRole('link', { name: 'New definition' }).click();
    await page.getByLabel('Name', { exact: true }).fill('print-shop');
    await page.getByLabel('Topic', { exact: true }).fill('prints');
    await page.getByLabel('Description').focus();
    // The topic's last records say which fields there are.
    await page.locator('#fields option[value="sheets"]').waitFor({ state: 'attached' });
    await page.getByLabel('Field 1').fill('subscriber');
    await page.locator('[data-row="aggregate"]').getByLabel('Field', { exact: true }).fill('sheets');
    await page.getByLabel('Timeout type').selectOption('MONTH');
    await page.getByLabel('Day of the month').selectOption(neitherTodayNorTomorrow());
    await page.getByLabel('Time zone').fill('Europe/Berlim');
    await page.getByLabel('Hours').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: '+ Add condition' }).click();
    await page.locator('#zone-problem', { hasText: 'expected a time zone' }).waitFor();
    await page.getByLabel('Time zone').fill('UTC');
    const condition = page.locator('.condition');
    await condition.getByLabel('Condition name').fill('70 sheets');
    await condition.getByLabel('Type of field').waitFor({ state: 'hidden' });
    await condition.getByLabel('Field', { exact: true }).fill('sum_sheets');
    await condition.getByRole('textbox', { name: 'Value' }).fill('70');
    await page.locator('#zone-problem:empty').waitFor({ state: 'attached' });
    const preview = page.locator('[data-preview]');
    await preview.getByText('flushed, 1 left open').waitFor();
    expect(await preview.locator('.calendar li').count()).toBe(5);
    expect(await preview.locator('.progress').textContent()).toContain('3 of 70');
    await page.getByRole('button', { name: 'Create' }).click();

    await page.waitForURL('**/aggregator/definitions/print-shop');
    const sessions = page.locator('[data-live="sessions"]');
    await sessions.getByText('3 of 70').waitFor({ timeout: DUE });
    // From here on nothing is reloaded.
    await print(
      'prints',
      Array.from({ length: 70 }, () => ['Ada', 1] as const),
    );
    const row = page.locator('[data-live="results"] tbody tr', { hasText: 'Ada' });
    await row.waitFor({ timeout: DUE });
    expect(await row.locator('td').allTextContents()).toEqual([
      expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      '70 sheets',
      'Ada',
      '70',
      '70',
    ]);
    await row.getByRole('link').click();
    await page.getByRole('heading', { name: 'The records behind it' }).waitFor();
    const records = await page.locator('.records pre').allTextContents();
    expect(records).toHaveLength(70);
    expect(records.every((text) => JSON.parse(text).subscriber === 'Ada')).toBe(true);

    await page.goBack();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Resume' }).waitFor();
    const { rows } = await line.pool.query('SELECT paused FROM aggregator_definitions');
    expect(rows).toEqual([{ paused: true }]);
    await aggregator.close();
  }, 180_000);
});
