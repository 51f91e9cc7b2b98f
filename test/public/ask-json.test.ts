import { afterAll, describe, expect, it } from 'vitest';
import { noBrowser } from '../support/browser.ts';
import { newContext, openWith } from './in-page.ts';

describe.skipIf(noBrowser !== undefined)('a question to the API', async () => {
  if (noBrowser !== undefined) return;
  const context = await newContext();
  afterAll(() => context.close());

  it('gives the answer, the message of an error, or the status where a proxy answers with a page of its own', async () => {
    const page = await openWith(context, '', '');
    const ask = async (answer: { status?: number; json?: object; body?: string }) => {
      await page.unroute('**/api/x');
      await page.route('**/api/x', (route) => route.fulfill(answer));
      return page.evaluate(
        `import('/js/ask-json.js').then(({ askJson }) => askJson('/api/x')).catch(({ message }) => message)`,
      );
    };
    expect(await ask({ json: { rows: [1] } })).toEqual({ rows: [1] });
    expect(await ask({ status: 429, json: { error: { message: 'too many' } } })).toBe('too many');
    expect(await ask({ status: 503, json: {} })).toBe('the shop answered 503');
    expect(await ask({ status: 502, body: '<h1>Bad gateway</h1>' })).toBe('the shop answered 502');
  });
});
