// Transactional ids by a pattern: what conformance/transactional-ids.ts cannot ask of Apache Kafka too, its limits.

import { expect, test } from 'vitest';
import { matching } from '../../../src/broker/transaction/id-pattern.ts';

const some = (...ids: string[]) => ids.map((id) => ({ id }));

test('a pattern that makes others backtrack is done in time, also on ids of 30,000 characters', async () => {
  const long = some(`${'a'.repeat(30_000)}!`, 'a'.repeat(30_000));
  for (const hostile of ['(a+)+', '(a|aa)+', '(a|a?)+', '(.*a){10}'])
    expect(await matching(long, hostile), hostile).toEqual(long.slice(1));
});

test('a pattern that is too long, or short and large, is refused as an invalid one', async () => {
  const ids = some('a'.repeat(900));
  expect(await matching(ids, 'a'.repeat(900))).toEqual(ids);
  expect(await matching(ids, 'a{900}')).toEqual(ids);
  expect(await matching(ids, `a{900}${'(?:)'.repeat(50)}`)).toEqual(ids);
  for (const large of ['a'.repeat(1001), '(a{300}b{300}c{500})', '(((a{100}){100}){100})', '('])
    expect(await matching(ids, large), large.slice(0, 30)).toBeUndefined();
});

test('of many ids none is left out, and others have their turn meanwhile', async () => {
  const ids = Array.from({ length: 50_000 }, (_, n) => ({ id: `id-${n}` }));
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 0);
  const found = await matching(ids, '(?:id|no)-[0-9]*7');
  clearInterval(timer);
  expect(found?.map(({ id }) => id)).toEqual(ids.map(({ id }) => id).filter((id) => id.endsWith('7')));
  expect(turns).toBeGreaterThan(0);
});
