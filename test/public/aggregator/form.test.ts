// The form of a definition, beside the server's own code for it; what Kafka and Postgres would say, the test answers.

import type { Page, Route } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { DefinitionError } from '../../../src/aggregator/definition/problem.ts';
import { checkValue } from '../../../src/aggregator/definition/read.ts';
import {
  definitionValue,
  type Form,
  newForm,
  readForm,
  withRows,
} from '../../../src/aggregator/pages/form.ts';
import { type FormProblem, problemsOf } from '../../../src/aggregator/pages/form-problems.ts';
import { noBrowser } from '../../support/browser.ts';
import { newContext, openView, partial } from '../in-page.ts';
import { view } from '../view.ts';

const OPTIONS = {
  ...{ topics: [], outputs: [], periods: ['DAY', 'MONTH'], zones: ['UTC'], previewed: 1000 },
  ...{ operations: { Numeric: ['SUM'], General: ['COUNT'] } },
  ...{ name: undefined, preview: undefined },
};
const modelOf = (form: Form, changes: object = {}) => ({
  ...OPTIONS,
  text: '',
  form,
  problems: [],
  fields: [],
  ...changes,
});

/** What the server has against a form. */
function problemsWith(form: Form): readonly FormProblem[] {
  try {
    checkValue(definitionValue(form));
    return [];
  } catch (error) {
    if (error instanceof DefinitionError) return problemsOf(form, error.problems);
    throw error;
  }
}

const bodyOf = (route: Route) => Object.fromEntries(new URLSearchParams(route.request().postData() ?? ''));
const html = (body: string) => ({ contentType: 'text/html; charset=utf-8', body });

/** As POST /aggregator/new answers what a button asks for. */
async function turn(route: Route, changes: object = {}): Promise<void> {
  const body = bodyOf(route);
  const form = withRows(readForm(body), body.do ?? '') ?? readForm(body);
  await route.fulfill(html(await view('aggregator-form', modelOf(form, changes))));
}
/** As POST /aggregator/preview answers; what is right flushes nothing. */
async function preview(route: Route): Promise<void> {
  const problems = problemsWith(readForm(bodyOf(route)));
  const model =
    problems.length > 0 ? undefined : { words: ['right'], nextFlushes: 'at the end', tried: undefined };
  await route.fulfill(html(await partial('aggregator-preview', { problems, preview: model })));
}

describe.skipIf(noBrowser !== undefined)('the form of a definition', async () => {
  if (noBrowser !== undefined) return;
  const context = await newContext();

  type Answers = {
    readonly posted?: (route: Route) => unknown;
    readonly previewed?: (route: Route) => unknown;
  };
  async function open(
    { posted = turn, previewed = preview }: Answers = {},
    model = modelOf(newForm('prints')),
  ) {
    const faults: string[] = [];
    const page = await openView(context, 'aggregator-form', model, '/aggregator/new', async (its) => {
      its.on('pageerror', ({ message }) => faults.push(message));
      await its.route('**/aggregator/preview', previewed);
      await its.route('**/aggregator/new', (route) =>
        route.request().method() === 'POST' ? posted(route) : route.fallback(),
      );
    });
    await page.locator('[data-file]').waitFor();
    const box = (name: string) => page.getByLabel(name, { exact: true });
    const button = (name: string) => page.getByRole('button', { name, exact: true });
    return { page, faults, box, button, shown: page.locator('[data-preview]') };
  }
  const focused = (page: Page) => page.evaluate('document.activeElement.name');
  const problemOf = (page: Page, name: string) => page.locator(`[data-problem-of="${name}"]`).first();

  it('the cursor is in the row that was added, and where none is left on the button that adds one', async () => {
    const { page, button } = await open();
    await button('+ Add group field').click();
    await expect.poll(() => focused(page)).toBe('group.1.field');
    await page.keyboard.type('shop');
    await button('+ Add condition').click();
    await expect.poll(() => focused(page)).toBe('conditions.0.name');
    await button('Remove condition 1').click();
    await expect.poll(() => page.evaluate('document.activeElement.value')).toBe('add-conditions');
    expect(await page.getByLabel('Field 2').inputValue()).toBe('shop');
  });

  it('what is typed while a row is on its way stays, wherever the cursor is', async () => {
    const held: Route[] = [];
    const { page, box, button } = await open({ posted: (route) => held.push(route) });
    await button('+ Add condition').click();
    await button('+ Add condition').click();
    await expect.poll(() => held.length).toBe(1);
    await box('Time zone').fill('UTC');
    await box('Description').pressSequentially('slow');
    await page.keyboard.press('ArrowLeft');
    // What was typed meanwhile, and the second row.
    for (let rows = 0; rows < 3; rows += 1) {
      await expect.poll(() => held.length).toBe(1);
      await turn(held.pop() as Route);
    }
    await expect.poll(() => page.locator('.condition').count()).toBe(2);
    await page.keyboard.type('l');
    expect([await box('Description').inputValue(), await box('Time zone').inputValue()]).toEqual([
      'slolw',
      'UTC',
    ]);
  });

  it('limits that were opened stay open while rows come and go', async () => {
    const { page, box, button } = await open();
    await page.getByText('Limits, and a definition as text').click();
    await button('+ Add group field').click();
    await page.getByLabel('Field 2').waitFor();
    expect(await box('Most open sessions').isVisible()).toBe(true);
  });

  it.each<[string, (route: Route) => unknown]>([
    ['does not answer', (route) => route.abort()],
    ['answers with an error', (route) => route.fulfill({ status: 503, ...html('<p>away</p>') })],
  ])('where the shop %s, what was typed stays, and that is said', async (_, answer) => {
    let isAway = true;
    const { page, faults, box, button, shown } = await open({
      posted: (route) => (isAway ? answer(route) : turn(route)),
    });
    await box('Description').fill('kept');
    await button('+ Add condition').click();
    await shown.getByText('What you have typed is still here.').waitFor();
    isAway = false;
    await button('+ Add condition').click();
    await page.locator('.condition').waitFor();
    expect([await box('Description').inputValue(), faults]).toEqual(['kept', []]);
  });

  it('what is wrong is said beside a box that somebody has left, until it is right', async () => {
    const { page, box, shown } = await open();
    await box('Time zone').fill('Europe/Berlim');
    await shown.getByText('not right yet').waitFor();
    // Nobody has left a box: the empty ones, and the one that is typed in, are no mistakes yet.
    expect(await page.locator('[data-problem-of]:not(:empty)').count()).toBe(0);
    await page.keyboard.press('Tab');
    await box('Description').fill('anything');
    await problemOf(page, 'zone').getByText('did you mean Europe/Berlin').waitFor();
    expect(await box('Time zone').getAttribute('aria-invalid')).toBe('true');
    await box('Time zone').fill('Europe/Berlin');
    await expect.poll(() => problemOf(page, 'zone').textContent()).toBe('');
    expect(await box('Time zone').getAttribute('aria-invalid')).toBeNull();
  });

  it('what the server said of a save stays until something is changed', async () => {
    const problems = [{ field: 'description', message: 'somebody else has saved' }];
    const { page, box, shown } = await open(
      {},
      modelOf({ ...newForm('prints'), version: '3' }, { problems }),
    );
    // A definition that is changed is previewed at once.
    await shown.getByText('not right yet').waitFor();
    expect(await problemOf(page, 'description').textContent()).toBe('somebody else has saved');
    expect(await page.locator('.summary').count()).toBe(1);
    await box('Topic').fill('others');
    await expect.poll(() => problemOf(page, 'description').textContent()).toBe('');
    expect(await page.locator('.summary').count()).toBe(0);
  });

  it('the preview is of the newest form, whichever answer comes last, and though an older one is lost', async () => {
    const held: Route[] = [];
    const { button, shown } = await open({ previewed: (route) => held.push(route) });
    for (let asked = 1; asked <= 3; asked += 1) {
      await button('Preview').click();
      await expect.poll(() => held.length).toBe(asked);
    }
    expect(await shown.getAttribute('aria-busy')).toBe('true');
    const [first, second, third] = held as [Route, Route, Route];
    await third.fulfill(html('<p>third</p>'));
    await shown.getByText('third').waitFor();
    await second.fulfill(html('<p>second</p>'));
    await first.abort();
    await button('Preview').click();
    await expect.poll(() => held.length).toBe(4);
    expect(await shown.textContent()).toBe('third');
    await held[3]?.fulfill({ status: 500 });
    await shown.getByText('There is no preview at the moment.').waitFor();
    expect(await shown.getAttribute('aria-busy')).toBe('false');
  });

  it('boxes offer the fields of the topic that is typed, and of none where the shop is away', async () => {
    let isAway = false;
    const fields = [{ name: 'sheets', types: ['number'], example: '3' }];
    const { page, faults, box } = await open({
      posted: (route) => (isAway ? route.abort() : turn(route, { fields })),
    });
    await box('Topic').fill('others');
    await box('Description').focus();
    await page.locator('#fields option[value="sheets"]').waitFor({ state: 'attached' });
    expect(await page.locator('[data-fields-words]').textContent()).toContain('1 fields in the newest');
    isAway = true;
    const asked = page.waitForEvent('requestfailed');
    await box('Topic').fill('prints');
    await box('Description').focus();
    await asked;
    await page.evaluate('new Promise((resolve) => setTimeout(resolve))');
    expect(faults).toEqual([]);
  });

  describe('with a file', () => {
    const sent = (asked: readonly Route[]) =>
      asked.map(bodyOf).map(({ file_name: name, file_text: text }) => [name, text]);
    const file = (name: string, text: string) => ({
      name,
      mimeType: 'text/plain',
      buffer: Buffer.from(text),
    });

    it('a file is previewed with the form until it is taken away; of a large one the whole lines of its beginning', async () => {
      const asked: Route[] = [];
      const { page, button } = await open({
        previewed: (route) => {
          asked.push(route);
          return preview(route);
        },
      });
      const input = page.getByLabel('Or with a file');
      await input.setInputFiles(file('small.csv', 'a\n1'));
      await expect.poll(() => asked.length).toBe(1);
      await input.setInputFiles(file('large.csv', `ä,b\n${'1,2\n'.repeat(150_000)}`));
      await expect.poll(() => asked.length).toBe(2);
      await input.setInputFiles([]);
      await expect.poll(() => asked.length).toBe(3);
      await button('Preview').click();
      await expect.poll(() => asked.length).toBe(4);
      const [small, large, ...none] = sent(asked);
      expect(small).toEqual(['small.csv', 'a\n1']);
      expect(large).toEqual(['large.csv', `ä,b\n${'1,2\n'.repeat(124_998)}`]);
      expect(none).toEqual(Array(2).fill([undefined, undefined]));
    });

    it('a file may be dropped anywhere; a text that is dropped goes where it is dropped', async () => {
      const asked: Route[] = [];
      const { page } = await open({
        previewed: (route) => {
          asked.push(route);
          return preview(route);
        },
      });
      /** @returns whether the browser is left to do what it does with it */
      const drop = (what: string) =>
        page.evaluate(`['dragover', 'drop'].map((type) => {
          const dataTransfer = new DataTransfer();
          ${what};
          return document.querySelector('h1').dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
        })`);
      expect(await drop(`dataTransfer.items.add(new File(['a\\n2'], 'dropped.csv'))`)).toEqual([
        false,
        false,
      ]);
      await expect.poll(() => sent(asked)).toEqual([['dropped.csv', 'a\n2']]);
      expect(await drop(`dataTransfer.setData('text/plain', 'words')`)).toEqual([true, true]);
      expect(asked).toHaveLength(1);
    });
  });
});
