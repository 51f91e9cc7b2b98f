import { beforeAll, describe, expect, it } from 'vitest';
import { isAway } from '../../src/db/errors.ts';
import { openPool, type Pool, transaction } from '../../src/db/pool.ts';
import type { ShopEvent } from '../../src/events/event.ts';
import { parseBatch } from '../../src/ingest/batch.ts';
import { copyAll } from '../../src/ingest/rows.ts';
import { findKnownEvent } from '../../src/tracing/known-event.ts';
import { Traces } from '../../src/tracing/traces.ts';
import { afterFile } from '../support/after-file.ts';
import { migratedDatabase, testLog } from '../support/database.ts';
import { anEvent } from '../support/events.ts';

const RECEIVED = '2026-01-31T12:00:00.000Z';
const APPENDED = '2026-01-31T12:00:00.020Z';

let pool: Pool;
let away: Pool;
beforeAll(async () => {
  pool = (await migratedDatabase()).pool;
  away = openPool('postgres://me@127.0.0.1:1/db', testLog);
  afterFile(() => away.end());
});

const received = (changes: Partial<ShopEvent> = {}) =>
  anEvent({ time: RECEIVED, context: { item: 'x', received_at: RECEIVED }, ...changes });

/** Stores events as ingest does. */
async function store(...events: readonly ShopEvent[]): Promise<void> {
  const records = events.map((event, index) => ({
    ...{ offset: BigInt(40 + index), timestamp: Date.parse(APPENDED), key: null },
    value: Buffer.from(JSON.stringify(event)),
  }));
  const { events: live } = parseBatch({ partition: 2, records });
  await transaction(pool, (client) => copyAll(client, { topic: 'shop', partition: 2 }, live));
}

const acknowledgement = { topic: 'shop', partition: 2, offset: 40n, at: Date.parse(RECEIVED) + 7 };

describe('an event that is stored', () => {
  it('an event that is stored is known by its row, where no process remembers it: with when it came to Kafka and to Postgres', async () => {
    const event = received({ context: { bot: true, received_at: RECEIVED } });
    await store(event);
    const { context, ...fields } = event;
    const known = await findKnownEvent(pool, new Traces(), event.order_id);
    expect(known).toMatchObject({
      event: fields,
      context,
      hops: { received_at: RECEIVED, acknowledged_at: APPENDED, topic: 'shop', partition: 2, offset: '40' },
      trace: { received_at: RECEIVED, robot: true, lost: null, kafka: { offset: '40', ms: 20 }, chart: null },
    });
    expect(Date.parse(known?.hops.stored_at ?? '')).toBeGreaterThan(Date.parse(APPENDED));
    expect(known?.trace?.postgres?.ms).toBe(Date.parse(known?.hops.stored_at ?? '') - Date.parse(RECEIVED));
  });

  it('an event that is stored has no time of less than none where the clocks disagree', async () => {
    const event = received({ context: { received_at: '2026-01-31T12:00:01.000Z' } });
    await store(event);
    expect((await findKnownEvent(pool, new Traces(), event.order_id))?.trace?.kafka?.ms).toBe(0);
  });

  it('an event that is stored is received when it happened, where nobody has said when it was received', async () => {
    const event = anEvent({ time: RECEIVED });
    await store(event);
    expect((await findKnownEvent(pool, new Traces(), event.order_id))?.hops.received_at).toBe(RECEIVED);
  });

  it('a stored event keeps the trace of the process that remembers it, and is in Postgres by its row', async () => {
    const [event, traces] = [received(), new Traces()];
    await store(event);
    traces.acknowledged(traces.begin(event, Date.parse(RECEIVED)), acknowledgement);
    const known = await findKnownEvent(pool, traces, event.order_id);
    expect(known?.trace).toMatchObject({
      kafka: { offset: '40', ms: 7 },
      postgres: { ms: expect.any(Number) },
    });
  });

  it('a stored event of a file has no hops and no trace', async () => {
    const event = received();
    await store(event);
    await pool.query(
      `UPDATE events SET topic = NULL, "partition" = NULL, "offset" = NULL, appended_at = NULL, stored_at = NULL, context = NULL
       WHERE order_id = $1`,
      [event.order_id],
    );
    expect(await findKnownEvent(pool, new Traces(), event.order_id)).toMatchObject({
      context: null,
      trace: null,
      hops: {
        received_at: null,
        acknowledged_at: null,
        topic: null,
        partition: null,
        offset: null,
        stored_at: null,
      },
    });
  });
});

describe('an event that is not stored', () => {
  it('an event that is not stored is known by its process as far as it has come', async () => {
    const [event, traces] = [received(), new Traces()];
    const hops = traces.begin(event, Date.parse(RECEIVED));
    const nowhere = { received_at: RECEIVED, acknowledged_at: null, offset: null, stored_at: null };
    expect((await findKnownEvent(pool, traces, event.order_id))?.hops).toMatchObject(nowhere);
    traces.acknowledged(hops, acknowledgement);
    expect((await findKnownEvent(pool, traces, event.order_id))?.hops).toEqual({
      ...{ received_at: RECEIVED, acknowledged_at: '2026-01-31T12:00:00.007Z', stored_at: null },
      ...{ topic: 'shop', partition: 2, offset: '40' },
    });
  });

  it('an event that is not stored is known by its process without Postgres, and unknown to another one is told as Postgres away', async () => {
    const [event, traces] = [received(), new Traces()];
    traces.begin(event, Date.parse(RECEIVED));
    expect((await findKnownEvent(away, traces, event.order_id))?.event.order_id).toBe(event.order_id);
    await expect(findKnownEvent(away, new Traces(), event.order_id)).rejects.toSatisfy(isAway);
  });

  it('an event that nobody has heard of is none', async () => {
    expect(await findKnownEvent(pool, new Traces(), anEvent().order_id)).toBeUndefined();
  });
});

it('an event that this process knows to be stored is asked of nobody', async () => {
  const [event, traces] = [received(), new Traces()];
  traces.acknowledged(traces.begin(event, Date.parse(RECEIVED)), acknowledgement);
  traces.stored(2, 41n, Date.parse(RECEIVED) + 30);
  expect((await findKnownEvent(away, traces, event.order_id))?.hops.stored_at).toBe(
    '2026-01-31T12:00:00.030Z',
  );
});
