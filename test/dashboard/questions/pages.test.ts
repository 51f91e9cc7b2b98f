import { expect, it } from 'vitest';
import { pagesNow } from '../../../src/dashboard/questions/pages.ts';
import { USUAL } from '../../../src/events/whose.ts';
import { migratedDatabase } from '../../support/database.ts';
import { anEvent } from '../../support/events.ts';
import { ingested } from '../../support/ingested.ts';

const NOW = new Date('2026-03-02T12:00:00.000Z');
const click = (item: string | undefined, time = '2026-03-02T11:59:00.000Z', context: object = {}) =>
  anEvent({
    title: 'banner_click',
    target: 0,
    product: 'clothes',
    time,
    context: { ...(item === undefined ? {} : { item }), ...context },
  });

it('the pages visited most are those that were opened in ten minutes, by item or by category, five at most', async () => {
  const { pool } = await migratedDatabase();
  const asked = { now: NOW, year: 2026, whose: USUAL };
  expect(await pagesNow(pool, asked)).toEqual([]);
  await ingested(pool, [
    ...['a', 'a', 'a', undefined, undefined, 'd', 'c', 'b', 'e'].map((item) => click(item)),
    click('e', '2026-03-02T11:50:00.000Z'),
    click('e', '2026-03-02T12:00:00.001Z'),
    click('e', undefined, { bot: true }),
    { ...click('e'), title: 'banner_show' },
  ]);
  const rows = await pagesNow(pool, asked);
  expect(rows.map(({ subject, count }) => `${subject} ${count}`)).toEqual([
    '/product/clothes?item=a 3',
    '/product/clothes 2',
    '/product/clothes?item=b 1',
    '/product/clothes?item=c 1',
    '/product/clothes?item=d 1',
  ]);
  const robots = await pagesNow(pool, { ...asked, whose: { ...USUAL, robots: 'only' } });
  expect(robots).toEqual([{ subject: '/product/clothes?item=e', measure: 'visits', count: 1 }]);
  await ingested(pool, [click('b', '2026-03-02T11:50:00.001Z'), click('b', '2026-03-02T12:00:00.000Z')]);
  expect((await pagesNow(pool, asked))[1]).toMatchObject({ subject: '/product/clothes?item=b', count: 3 });
});
