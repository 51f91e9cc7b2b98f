import { describe, expect, it } from 'vitest';
import { noBrowser } from '../support/browser.ts';
import { newContext, openWith } from './in-page.ts';

const SCRIPT = `
  import { faultLegend, faultsIn, watchFaults } from '/js/fault-periods.js';
  const draw = () => document.querySelector('main').replaceChildren(...faultLegend(faultsIn(0, Date.now() + 1)));
  void watchFaults(() => '2026-03-01T00:00:00.000Z', draw)();`;

describe.skipIf(noBrowser !== undefined)('faults on a chart', async () => {
  if (noBrowser !== undefined) return;
  const context = await newContext();

  it('a legend names the latest three faults, counts the others, and follows one until it is over', async () => {
    const ended = (hour: string) => ({
      source: 'pipeline',
      fault: `kafka ${hour}`,
      share: null,
      from: `2026-03-01T${hour}:00:00Z`,
      to: `2026-03-01T${hour}:05:00Z`,
    });
    const earlier = ['09', '08', '07', '06'].map(ended);
    let newest = { ...ended('10'), to: null as string | null };
    const asked: (string | null)[] = [];
    await context.route('**/api/faults?*', (route) => {
      asked.push(new URL(route.request().url()).searchParams.get('from'));
      return route.fulfill({ json: { rows: [newest, ...earlier] } });
    });
    const page = await openWith(context, '', SCRIPT);
    const words = page.locator('.for-fault');
    await words.first().waitFor();
    expect(await words.allTextContents()).toEqual([
      'Fault 1 Mar, 11:00–now: kafka 10',
      'Fault 1 Mar, 10:00–10:05: kafka 09',
      'Fault 1 Mar, 09:00–09:05: kafka 08',
      '2 earlier faults',
    ]);
    expect(asked[0]).toBe('2026-03-01T00:00:00.000Z');
    newest = ended('10');
    await words.first().getByText('11:00–11:05').waitFor();
  });

  it('an answer that comes after that of a later question changes nothing', async () => {
    const own = await newContext();
    let answerFirst = () => {};
    const isLate = new Promise<void>((resolve) => {
      answerFirst = resolve;
    });
    let asked = 0;
    const running = {
      source: 'pipeline',
      fault: 'kafka slow',
      share: null,
      from: '2026-03-01T10:00:00Z',
      to: null,
    };
    await own.route('**/api/faults?*', async (route) => {
      asked += 1;
      if (asked > 1) return route.fulfill({ json: { rows: [running] } });
      await isLate;
      return route.fulfill({ json: { rows: [] } });
    });
    const page = await openWith(
      own,
      '',
      `${SCRIPT.replace(/void (watchFaults.*)\(\);/, 'const look = $1; first = look(); void look();').replace('const draw', 'let first; const draw')}
      first.then(() => { document.title = 'answered'; });`,
    );
    await page.locator('.for-fault').waitFor();
    answerFirst();
    await expect.poll(() => page.title()).toBe('answered');
    expect(await page.locator('.for-fault').allTextContents()).toEqual([
      'Fault 1 Mar, 11:00–now: kafka slow',
    ]);
  });
});
