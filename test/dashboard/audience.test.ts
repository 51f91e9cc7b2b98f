// The readers of today's numbers: who is sent the whole day, who the last minutes alone, and what the newest numbers are then.

import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Audience, lookAtToday, type TodayAnswer } from '../../src/dashboard/audience.ts';
import { openPool, type Pool } from '../../src/db/pool.ts';
import { USUAL } from '../../src/events/whose.ts';
import type { Stream } from '../../src/http/sse.ts';
import { afterFile } from '../support/after-file.ts';
import { migratedDatabase, testLog } from '../support/database.ts';
import { anEvent } from '../support/events.ts';
import { eventually } from '../support/eventually.ts';
import { ingested } from '../support/ingested.ts';
import { freePort } from '../support/ports.ts';

const at = (time: string) => new Date(`2026-03-02T${time}.000Z`);
type Sent = TodayAnswer & { readonly orders_since?: string };

let pool: Pool;
let audience: Audience;
beforeEach(async () => {
  ({ pool } = await migratedDatabase());
  audience = new Audience(pool, testLog, USUAL);
});

const order = (time: string) => ingested(pool, [anEvent({ title: 'order', time: at(time).toISOString() })]);

/** A reader that keeps what it is sent. */
function aReader() {
  const sent: [name: string, data: Sent][] = [];
  const stream: Stream = {
    send: (name, data) => sent.push([name, JSON.parse(JSON.stringify(data))]),
    write: (message) => {
      const [, name = '', data = ''] =
        /^event: (.*)\ndata: (.*)\n\n$/.exec(Buffer.from(message).toString()) ?? [];
      sent.push([name, JSON.parse(data)]);
    },
  };
  return { stream, sent, todays: () => sent.filter(([name]) => name === 'today').map(([, data]) => data) };
}
function joined() {
  const reader = aReader();
  audience.join(reader.stream);
  return reader;
}
const minutesOf = ({ orders }: Sent) => orders.map(({ time }) => time.slice(11, 16));

describe('readers of today', () => {
  it('readers of today are sent the whole day first, and then the last two minutes alone', async () => {
    await order('09:00:10');
    const reader = joined();
    await audience.lookAtToday(at('12:00:30'));
    await order('11:59:59');
    await order('11:57:00');
    await audience.lookAtToday(at('12:00:40'));
    const [whole, minutes] = reader.todays() as [Sent, Sent];
    expect(whole.orders_since).toBeUndefined();
    expect(minutesOf(whole)).toEqual(['09:00']);
    expect(minutes.orders_since).toBe('2026-03-02T11:58:00.000Z');
    expect(minutesOf(minutes)).toEqual(['11:59']);
    expect(minutes.rows.find(({ title }) => title === 'order')).toMatchObject({ count: 3 });
  });

  it('readers of today who come later are sent what those before have by then', async () => {
    await order('09:00:10');
    joined();
    await audience.lookAtToday(at('12:00:30'));
    await order('11:59:59');
    await audience.lookAtToday(at('12:00:40'));
    const [now] = joined().todays() as [Sent];
    expect(minutesOf(now)).toEqual(['09:00', '11:59']);
    expect(now.orders_since).toBeUndefined();
    expect(now.meta.as_of).toBe('2026-03-02T12:00:40.000Z');
  });

  it('readers of today who come where nobody was wait for the whole day, as nobody has looked', async () => {
    const first = joined();
    await audience.lookAtToday(at('12:00:30'));
    audience.readers.delete(first.stream);
    await order('09:00:10');
    const second = joined();
    expect(second.todays()).toEqual([]);
    await audience.lookAtToday(at('12:00:40'));
    const [whole] = second.todays() as [Sent];
    expect([minutesOf(whole), whole.orders_since]).toEqual([['09:00'], undefined]);
  });

  it('readers of today who come where nobody was, while a look at minutes is under way, get the whole day from it', async () => {
    const first = joined();
    await audience.lookAtToday(at('12:00:30'));
    await order('09:00:10');
    const looking = audience.lookAtToday(at('12:00:40'));
    audience.readers.delete(first.stream);
    const second = joined();
    await looking;
    const [whole] = second.todays() as [Sent];
    expect([minutesOf(whole), whole.orders_since]).toEqual([['09:00'], undefined]);
  });

  it('readers of today are sent the whole day again after half a minute, for late events, whatever the clock says', async () => {
    const reader = joined();
    await audience.lookAtToday(at('12:00:30'));
    await order('09:00:10');
    const now = performance.now();
    const later = (ms: number) => vi.spyOn(performance, 'now').mockReturnValue(now + ms);
    try {
      later(20_000);
      await audience.lookAtToday(at('23:00:00'));
      later(31_000);
      await audience.lookAtToday(at('12:00:31'));
    } finally {
      vi.restoreAllMocks();
    }
    expect(reader.todays().map((one) => [minutesOf(one), one.orders_since !== undefined])).toEqual([
      [[], false],
      [[], true],
      [['09:00'], false],
    ]);
  });

  it('readers of today are sent another day whole', async () => {
    const reader = joined();
    await order('23:59:50');
    await audience.lookAtToday(at('23:59:55'));
    expect(audience.isOfAnotherDay(at('23:59:59'))).toBe(false);
    const next = new Date('2026-03-03T00:00:01.000Z');
    expect(audience.isOfAnotherDay(next)).toBe(true);
    await audience.lookAtToday(next);
    const [, whole] = reader.todays() as [Sent, Sent];
    expect([whole.meta.day, whole.orders, whole.orders_since]).toEqual(['2026-03-03', [], undefined]);
    expect(audience.isOfAnotherDay(next)).toBe(false);
  });

  it('an audience that was told nothing yet is of no other day, and has waited for its questions forever', () => {
    expect(audience.isOfAnotherDay(at('12:00:00'))).toBe(false);
    expect(audience.questionsAge).toBe(Number.POSITIVE_INFINITY);
  });

  it('a message goes to all readers, or to those that are named', async () => {
    const [one, other] = [joined(), joined()];
    audience.send('faults', {});
    audience.send('changed', { charts: ['daily'] }, new Set([other.stream]));
    const names = ({ sent }: typeof one) => sent.map(([name]) => name).filter((name) => name !== 'questions');
    expect(names(one)).toEqual(['faults']);
    expect(names(other)).toEqual(['faults', 'changed']);
  });
});

describe('the questions', () => {
  it('the questions are answered to who comes, to nobody else, and to all when that is asked for', async () => {
    const answers = ({ sent }: ReturnType<typeof aReader>) =>
      sent.filter(([name]) => name === 'questions').length;
    const first = joined();
    await eventually(() => answers(first) === 1);
    expect(audience.questionsAge).toBe(Number.POSITIVE_INFINITY);
    const second = joined();
    await eventually(() => answers(second) === 1);
    expect(answers(first)).toBe(1);
    await audience.answerQuestions();
    expect([answers(first), answers(second)]).toEqual([2, 2]);
    expect(audience.questionsAge).toBeLessThan(60_000);
  });

  it('the questions are not answered where Postgres is away, which is no error of the reader', async () => {
    const away = openPool(`postgresql://nobody@127.0.0.1:${await freePort()}/nothing`, testLog);
    afterFile(() => away.end());
    const alone = new Audience(away, testLog, USUAL);
    const { stream, sent } = aReader();
    alone.readers.add(stream);
    await alone.answerQuestions();
    expect(sent).toEqual([]);
    await expect(alone.lookAtToday(at('12:00:00'))).rejects.toThrow();
  });

  it('the questions of nobody are not asked', async () => {
    await audience.answerQuestions();
    expect(audience.questionsAge).toBe(Number.POSITIVE_INFINITY);
  });
});

it('a look at today is of the day of the shop’s zone', async () => {
  const { pool: tokyo } = await migratedDatabase('Asia/Tokyo');
  await ingested(tokyo, [anEvent({ title: 'order', time: '2026-03-02T15:00:00.000Z' })]);
  const look = await lookAtToday(tokyo, USUAL, new Date('2026-03-02T15:30:00.000Z'));
  expect(look.meta).toEqual({
    day: '2026-03-03',
    time_zone: 'Asia/Tokyo',
    as_of: '2026-03-02T15:30:00.000Z',
  });
  expect(look.orders).toHaveLength(1);
  const before = await lookAtToday(tokyo, USUAL, new Date('2026-03-02T14:59:59.999Z'));
  expect([before.meta.day, before.orders]).toEqual(['2026-03-02', []]);
});
