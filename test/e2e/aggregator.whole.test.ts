// The form of the aggregator without a script, by the keyboard alone, and while somebody else saves.

import type { Locator, Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { closePages, noBrowser, openPage, startBrowser } from '../support/browser.ts';
import { eventually, startLine } from '../support/line.ts';

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

  it('a definition is made and changed without a script; a wrong box keeps what was typed, and Enter saves', async () => {
    const page = await open('/aggregator/new', {
      javaScriptEnabled: false,
      viewport: { width: 320, height: 640 },
    });
    await page.getByLabel('Name', { exact: true }).fill('by-hand');
    await page.getByLabel('Operation').selectOption('COUNT');
    await page.getByLabel('Timeout type').selectOption('HOUR');
    await page.getByLabel('Hours').fill('1.5');
    await page.getByRole('button', { name: 'Create' }).click();
    expect(await page.locator('#hours-problem').textContent()).toContain('a whole number of hours from 1');
    expect(await page.locator('[id="group.0.field-problem"]').textContent()).toContain('at least one field');
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('by-hand');
    expect(await page.locator('.summary a').count()).toBe(2);

    await page.getByLabel('Hours').fill('2');
    await page.getByLabel('Field 1').fill('user');
    await page.getByRole('button', { name: '+ Add group field' }).click();
    await page.getByLabel('Field 2').fill('shop');
    // A period is asked for by whoever ticks the box alone.
    const periods = page.locator('[data-row="periods"]');
    expect(await periods.filter({ visible: true }).count()).toBe(0);
    await page.getByLabel('Group based on date/time').check();
    await periods.getByLabel('Field', { exact: true }).fill('at');
    await periods.getByLabel('Period').selectOption('MONTH');
    await page.getByRole('button', { name: '+ Add period field' }).click();
    await periods.nth(1).getByLabel('Field', { exact: true }).fill('at');
    await periods.nth(1).getByLabel('Period').selectOption('HOUR');
    await page.getByRole('button', { name: '+ Add condition' }).click();
    const condition = page.locator('.condition');
    await condition.getByLabel('Condition name').fill('done');
    await condition.getByLabel('Based on').selectOption('input');
    await condition.getByLabel('Type of field').selectOption('boolean');
    // Neither an operator nor a text for a value: the choices alone hide them.
    for (const name of ['Operator', 'Value'])
      expect(await condition.getByLabel(name, { exact: true }).filter({ visible: true }).count()).toBe(
        name === 'Value' ? 1 : 0,
      );
    await condition.getByLabel('Field', { exact: true }).fill('isLast');
    await page.getByLabel('Description').fill('made without a script');
    await page.getByLabel('Description').press('Enter');
    await page.waitForURL('**/aggregator/definitions/by-hand');
    await page.getByText('by-hand groups by user, shop, the month of at, the hour of at.').waitFor();
    const { rows } = await line.pool.query<{ body: object }>(
      "SELECT body FROM aggregator_versions WHERE definition = 'by-hand'",
    );
    expect(rows[0]?.body).toEqual({
      name: 'by-hand',
      description: 'made without a script',
      group: {
        fields: ['user', 'shop'],
        periods: [
          { field: 'at', period: 'MONTH' },
          { field: 'at', period: 'HOUR' },
        ],
      },
      aggregate: [{ operation: 'COUNT' }],
      flush: {
        by: 'TIMEOUT',
        timeout: { type: 'HOUR', hours: 2 },
        conditions: [{ name: 'done', field: 'isLast', type: 'boolean', value: true }],
      },
    });

    await page.getByRole('link', { name: 'Change' }).click();
    await page.getByRole('button', { name: 'Remove field 2' }).click();
    await page.getByLabel('Group based on date/time').uncheck();
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByText('2 h after a session').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.waitForURL('**/aggregator/definitions/by-hand');
    await page.getByText('by-hand groups by user.').waitFor();
    await page.getByRole('button', { name: 'Bring back version 1' }).click();
    await page.getByText('by-hand groups by user, shop, the month of at, the hour of at.').waitFor();
    expect(await page.locator('[data-live="versions"] tbody tr').count()).toBe(3);
  }, 240_000);

  it('the form is worked by the keyboard alone: make, read what is wrong beside its box, add rows, save, change', async () => {
    const page = await openPage(context);
    await page.goto(`${line.url}/aggregator`);
    const press = (...keys: string[]) =>
      keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
    const isFocused = async (wanted: Locator) => (await wanted.and(page.locator(':focus')).count()) === 1;
    /** By Tab, as far as there is something. */
    const tabTo = async (wanted: Locator) => {
      await wanted.waitFor();
      for (let tabs = 0; tabs < 120; tabs += 1) {
        if (await isFocused(wanted)) return;
        await press('Tab');
      }
      throw new Error(`Tab does not come to ${wanted}`);
    };
    const fill = async (wanted: Locator, text: string) => {
      await tabTo(wanted);
      await press('ControlOrMeta+a');
      await page.keyboard.type(text);
    };
    const label = (name: string) => page.getByLabel(name, { exact: true });
    const button = (name: string) => page.getByRole('button', { name, exact: true });

    await tabTo(page.getByRole('link', { name: 'New definition' }));
    await press('Enter');
    await page.waitForURL('**/aggregator/new');
    await fill(label('Name'), 'by-keys');
    await fill(label('Topic'), 'key-prints');
    await fill(label('Field 1'), 'subscriber');
    await tabTo(button('+ Add group field'));
    await press('Space');
    // The cursor is in the new row, so that one types on.
    await eventually(() => isFocused(label('Field 2')));
    await page.keyboard.type('shop');
    await fill(label('Operation'), 'COUNT');
    await fill(label('Timeout type'), 'Day');
    await fill(label('Time zone'), 'Europe/Berlim');
    await press('Tab');
    const said = page.locator('#zone-problem');
    await said.getByText('did you mean Europe/Berlin').waitFor();
    expect(await label('Time zone').getAttribute('aria-invalid')).toBe('true');
    expect(await label('Time zone').getAttribute('aria-describedby')).toContain('zone-problem');
    await tabTo(button('Create'));
    await press('Enter');
    // The page of a save that was refused lists what is wrong, each a link to its box.
    await tabTo(page.locator('.summary a').first());
    await press('Enter');
    await eventually(() => isFocused(label('Time zone')));
    await fill(label('Time zone'), 'Europe/Berlin');
    await press('Enter');
    await page.waitForURL('**/aggregator/definitions/by-keys');

    await tabTo(page.getByRole('link', { name: 'Change' }));
    await press('Enter');
    await page.waitForURL('**/edit');
    await tabTo(button('Remove field 2'));
    await press('Enter');
    await label('Field 2').waitFor({ state: 'detached' });
    await tabTo(button('Save'));
    await press('Enter');
    await page.getByText('by-keys groups by subscriber.').waitFor();
    const { rows } = await line.pool.query<{ body: object }>(
      "SELECT body FROM aggregator_versions WHERE definition = 'by-keys' ORDER BY version",
    );
    expect(rows.map(({ body }) => body)).toMatchObject([
      {
        topic: 'key-prints',
        group: { fields: ['subscriber', 'shop'] },
        aggregate: [{ operation: 'COUNT' }],
        flush: { by: 'TIMEOUT', timeout: { type: 'DAY', zone: 'Europe/Berlin' } },
      },
      { group: { fields: ['subscriber'] } },
    ]);
  }, 240_000);

  it('the form offers the fields of the records that the topic has, whatever they are, and takes others that are typed', async () => {
    const page = await openPage(context);
    const fields = page.locator('#fields option');
    const choose = async (topic: string) => {
      await page.goto(`${line.url}/aggregator/new`);
      await page.getByLabel('Topic', { exact: true }).fill(topic);
      await page.getByLabel('Description').focus();
    };
    const offered = async () =>
      Promise.all((await fields.all()).map((option) => option.getAttribute('value')));
    await choose('ecommerce');
    await page.locator('[data-fields-words]:not(:empty)').waitFor();
    expect(await offered()).toEqual([]);
    // No click of the shop: what somebody else has put there.
    const producer = line.kafka.producer();
    await producer.connect();
    await producer.send({
      topic: 'ecommerce',
      messages: [
        { value: '{"till":"T1","cents":250}' },
        { value: 'no JSON' },
        { value: '{"till":"T2","open":true}' },
      ],
    });
    await producer.disconnect();
    await choose('ecommerce');
    await fields.first().waitFor({ state: 'attached' });
    expect(new Set(await offered())).toEqual(new Set(['till', 'cents', 'open']));
    await page.getByLabel('Name', { exact: true }).fill('tills');
    await page.getByLabel('Field 1').fill('till');
    // A field that no record has yet.
    await page.locator('[data-row="aggregate"]').getByLabel('Field', { exact: true }).fill('discount');
    await page.getByLabel('Timeout type').selectOption('HOUR');
    await page.getByLabel('Hours').fill('1');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.waitForURL('**/aggregator/definitions/tills');
    const { rows } = await line.pool.query<{ body: object }>(
      "SELECT body FROM aggregator_versions WHERE definition = 'tills'",
    );
    expect(rows[0]?.body).toMatchObject({
      group: { fields: ['till'] },
      aggregate: [{ field: 'discount', operation: 'SUM' }],
    });
  }, 240_000);

  it('the form tells whoever saves over another’s change, and previews a file that is dropped', async () => {
    const page = await open('/aggregator/definitions/by-hand/edit');
    const other = await open('/aggregator/definitions/by-hand/edit');
    await other.getByLabel('Description').fill('first');
    await other.getByRole('button', { name: 'Save' }).click();
    await other.waitForURL('**/aggregator/definitions/by-hand');
    const at = '2026-01-31T12:00:00.000Z';
    const calls = ['A,S,false', 'A,S,true', 'B,S,false'];
    await page.getByLabel('Or with a file').setInputFiles({
      name: 'calls.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(`user,shop,isLast,at\n${calls.map((call) => `${call},${at}\n`).join('')}`),
    });
    const preview = page.locator('[data-preview]');
    await preview.getByText('With the newest 3 of calls.csv').waitFor();
    expect(await preview.getByRole('region', { name: 'Rows that would be flushed' }).textContent()).toContain(
      'done',
    );
    await page.getByLabel('Hours').fill('3');
    await preview.locator('[data-changed]').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    // It stays when the new page has asked for its preview.
    await preview.getByText('It flushes 3 h after').waitFor();
    await page.getByText('which was saved meanwhile').first().waitFor();
    await eventually(() =>
      page
        .getByLabel('Hours')
        .inputValue()
        .then((value) => value === '3'),
    );
  }, 240_000);

  it('a definition is deleted once it was asked, and other pages that show it hear of it', async () => {
    await line.pool.query('DELETE FROM aggregator_definitions');
    const list = await open('/aggregator');
    await list.getByText('There is no definition yet').waitFor();
    await fetch(`${line.url}/api/aggregator/definitions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        name: 'short-lived',
        group: { fields: ['user'] },
        aggregate: [{ operation: 'COUNT' }],
        flush: { by: 'END_OF_STREAM' },
      }),
    });
    const page = await open('/aggregator/definitions/short-lived', { javaScriptEnabled: false });
    const other = await open('/aggregator/definitions/short-lived');
    await list.getByRole('link', { name: 'short-lived' }).waitFor();
    await page.getByRole('link', { name: 'Delete' }).click();
    await page.getByRole('link', { name: 'Keep it' }).click();
    await page.getByRole('link', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.waitForURL('**/aggregator');
    await list.getByText('There is no definition yet').waitFor();
    await other.getByText('there is no such definition').waitFor();
  }, 240_000);
});
