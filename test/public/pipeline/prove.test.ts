import { afterAll, describe, expect, it } from 'vitest';
import { noBrowser } from '../../support/browser.ts';
import { newContext, openWith } from '../in-page.ts';

const BODY = '<button data-prove hidden>Count</button><p data-proof></p>';
const PROOF = {
  rows: 1_234,
  ledger_rows: 1_234,
  dead_letters: 5,
  ledger_dead_letters: 5,
  followed: 100,
  found: 97,
  on_the_way: 3,
  missing: [],
  whole: true,
};
const FOUND = '100 acknowledged events looked up: 97 found, 3 on the way';

describe.skipIf(noBrowser !== undefined)('the proof of the ledger', async () => {
  if (noBrowser !== undefined) return;
  const context = await newContext();
  afterAll(() => context.close());

  it('the proof of the ledger is one sentence: whole, what differs, what is missing by name, or why there is none', async () => {
    const page = await openWith(context, BODY, "import '/js/pipeline/prove.js';");
    let answer: { status?: number; json: object } | undefined;
    await page.route('**/api/pipeline/ledger', (route) =>
      answer === undefined ? route.abort() : route.fulfill(answer),
    );
    const button = page.getByRole('button', { name: 'Count' });
    const place = page.locator('[data-proof]');
    const prove = async (given: typeof answer) => {
      answer = given;
      await button.press('Enter');
      await expect.poll(() => place.textContent()).not.toBe('Counting …');
      return place.textContent();
    };
    const counted = '1,234 rows and 5 dead letters counted';
    expect(await prove({ json: PROOF })).toBe(
      `${counted}, as many as in the ledger. ${FOUND}, none missing.`,
    );
    const less = { ...PROOF, ledger_rows: 1_235, whole: false };
    expect(await prove({ json: less })).toBe(
      `${counted}; the ledger has 1,235 and 5. ${FOUND}. Missing: none by name.`,
    );
    expect(await prove({ json: { ...less, missing: ['a', 'b'] } })).toMatch(/Missing: a, b\.$/);
    expect(await prove({ status: 503, json: { error: { message: 'Postgres is away' } } })).toBe(
      'Can’t be counted now: Postgres is away.',
    );
    expect(await prove(undefined)).toBe('Can’t be counted now: the shop does not answer.');
    expect(await page.evaluate('document.activeElement.matches("[data-prove]")')).toBe(true);
  });
});
