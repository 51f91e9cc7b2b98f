// The ledger as pure arithmetic, and against a real line: records of every kind, counted to the single event.

import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { newOrderId } from '../../src/events/ids.ts';
import { ledgerOf } from '../../src/pipeline/ledger.ts';
import { anEvent } from '../support/events.ts';
import { eventually, startLine } from '../support/line.ts';

const ends = (end: bigint) => [{ partition: 0, start: 0n, end }];
const counts = (next: bigint, inserted: bigint, from = 0n) => [
  { partition: 0, next, counted: { from, inserted, repeated: 1n, setAside: 2n, absent: 0n } },
];

describe('the ledger', () => {
  it('the ledger is whole where every record that was passed is counted, and the rest is on the way', () => {
    expect(ledgerOf(ends(20n), counts(13n, 10n))).toEqual({
      acknowledged: 20,
      stored: 10,
      repeated: 1,
      set_aside: 2,
      absent: 0,
      on_the_way: 7,
      missing: 0,
      whole: true,
    });
  });

  it.each([
    ['a row is missing', 9n, 1],
    ['a row was stored twice', 11n, 1],
  ])('the ledger is not whole where %s', (_what, inserted, missing) => {
    expect(ledgerOf(ends(20n), counts(13n, inserted))).toMatchObject({ missing, whole: false });
  });

  it('the ledger is not whole where Kafka has less than was once read from it, unless it was asked before', () => {
    expect(ledgerOf(ends(11n), counts(13n, 10n))).toMatchObject({ missing: 2, whole: false, on_the_way: 0 });
    expect(ledgerOf(ends(11n), counts(13n, 10n), false)).toMatchObject({ missing: 0, whole: true });
  });

  it('the ledger counts from where it began: what an earlier version stored is not asked for', () => {
    const old = [{ partition: 0, next: 50n, counted: undefined }];
    expect(ledgerOf(ends(60n), old)).toMatchObject({ acknowledged: 10, on_the_way: 10, whole: true });
    expect(ledgerOf(ends(60n), counts(53n, 10n, 40n))).toMatchObject({ acknowledged: 20, whole: true });
  });
});

describe('on a real line', () => {
  it('each record is stored, repeated or set aside, and the proof finds a row that is gone', async () => {
    const line = await startLine();
    const once = anEvent();
    const events = [once, anEvent(), anEvent(), once].map((event) => JSON.stringify(event));
    const twin = JSON.stringify({ ...anEvent(), order_id: newOrderId() });
    const values = [...events, 'no event', '{}', twin, twin];
    const producer = line.kafka.producer();
    await producer.connect();
    await producer.send({ topic: line.config.KAFKA_TOPIC, messages: values.map((value) => ({ value })) });
    await producer.disconnect();
    const followed = anEvent();
    await request(line.url).post('/api/events').send(followed).expect(202);
    const look = async () => (await request(line.url).get('/api/pipeline').expect(200)).body;
    const state = await eventually(async () => {
      const now = await look();
      return now.ledger?.acknowledged === 9 && now.ledger.on_the_way === 0 && now;
    });
    expect(state.ledger).toEqual({
      acknowledged: 9,
      stored: 5,
      repeated: 2,
      set_aside: 2,
      absent: 0,
      on_the_way: 0,
      missing: 0,
      whole: true,
    });
    expect(state.kafka.partitions).toHaveLength(3);
    expect(state.outbox).toMatchObject({ taken: 1, acknowledged: 1, waiting: 0 });
    const prove = async () => (await request(line.url).get('/api/pipeline/ledger').expect(200)).body;
    expect(await prove()).toMatchObject({ rows: 5, dead_letters: 2, followed: 1, found: 1, whole: true });
    await line.pool.query('DELETE FROM events WHERE order_id = $1', [followed.order_id]);
    expect(await prove()).toMatchObject({
      rows: 4,
      ledger_rows: 5,
      found: 0,
      missing: [followed.order_id],
      whole: false,
    });
  });
});
