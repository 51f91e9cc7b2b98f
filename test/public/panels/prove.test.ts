import { afterAll, describe, expect, it } from 'vitest';
import { noBrowser } from '../../support/browser.ts';
import { newContext, openWith } from '../in-page.ts';

const SCRIPT = `import '/js/panels/prove.js';`;

describe.skipIf(noBrowser !== undefined)('the proof of the sessions', async () => {
  if (noBrowser !== undefined) return;
  const context = await newContext();
  afterAll(() => context.close());
  /** @param source as the button has it */
  const open = async (source: string) => {
    const page = await openWith(
      context,
      `<button data-prove="${source}">Prove it</button><p data-proof></p>`,
      SCRIPT,
    );
    const asked: (string | null)[] = [];
    let answer = async (): Promise<{ status?: number; json: object }> => ({ json: {} });
    await page.route('**/api/sessions/verification?**', async (route) => {
      asked.push(new URL(route.request().url()).searchParams.get('source'));
      await route.fulfill(await answer());
    });
    await page.waitForLoadState();
    const proof = () => page.locator('[data-proof]').textContent();
    const prove = async (status: number, json: object) => {
      answer = async () => ({ status, json });
      await page.getByRole('button').click();
      await expect.poll(proof).not.toBe('Counting again …');
      return proof();
    };
    const hold = (until: Promise<object>) => {
      answer = async () => ({ json: await until });
    };
    return { page, asked, prove, proof, hold };
  };
  const found = (sessions: number, differences: number) => ({
    sessions,
    events: 12_345,
    differences: Array(differences).fill({}),
  });

  it('the proof says how many sessions the stored events have, and how many differ from those that are kept', async () => {
    const { prove, asked } = await open('');
    expect(await prove(200, found(1, 0))).toBe(
      'Counted again from 12,345 stored events: 1 session, no difference.',
    );
    expect(await prove(200, found(1_234, 2))).toBe(
      'Counted again from 12,345 stored events: 1,234 sessions, 2 differences.',
    );
    expect(await prove(503, { error: { message: 'Postgres is away' } })).toBe(
      'That could not be counted: Postgres is away',
    );
    expect(asked).toEqual(['live', 'live', 'live']);
  });

  it('the proof is of the dataset where the button says so, and is made once at a time', async () => {
    const { page, asked, proof, hold } = await open('dataset');
    let release = (_: object) => {};
    hold(
      new Promise((resolve) => {
        release = resolve;
      }),
    );
    const button = page.getByRole('button');
    await button.click();
    await button.click();
    expect(await proof()).toBe('Counting again …');
    await expect.poll(() => asked).toEqual(['dataset']);
    release(found(0, 0));
    await expect.poll(proof).toBe('Counted again from 12,345 stored events: 0 sessions, no difference.');
    expect(asked).toEqual(['dataset']);
  });
});
