// Events whose order_id is stored already: the same event is a duplicate, another event with that id is set aside. Only a batch
// with such an id needs a query. There is no cache of ids, as one may be stored by another process or from a file.

import type { Client } from '../db/pool.ts';
import { type Content, conflictOf } from '../events/same.ts';
import { type DeadLetter, type LiveEvent, orderIdOf, pageIdOf, userIdOf } from './batch.ts';

/**
 * The events that differ from what is stored with their order_id, in the order of their records.
 * @param client in the transaction that has stored the rest of the batch
 * @param repeats events whose order_id was stored by this transaction or a committed one
 * @throws where an order_id was deleted meanwhile: nothing is written then, and a retry stores the event
 */
export async function conflictsAmong(client: Client, repeats: readonly LiveEvent[]): Promise<DeadLetter[]> {
  if (repeats.length === 0) return [];
  const stored = await readContents(client, new Set(repeats.map(orderIdOf)));
  return repeats.flatMap((event) => {
    const id = orderIdOf(event);
    const known = stored.get(id);
    if (known === undefined) throw new Error(`the event ${id} was deleted while it was compared`);
    const rejection = conflictOf(id, contentOf(event), known);
    return rejection === undefined ? [] : [{ record: event.record, rejection }];
  });
}

const contentOf = (event: LiveEvent): Content => ({
  user_id: userIdOf(event),
  page_id: pageIdOf(event),
  product: event.dimensions.product,
  site_version: event.dimensions.device,
  time: event.time,
  title: event.dimensions.title,
});

async function readContents(client: Client, ids: ReadonlySet<string>): Promise<Map<string, Content>> {
  const { rows } = await client.query<Content & { order_id: string }>(
    `SELECT ${['order_id', 'user_id', 'page_id'].map((name) => `replace(${name}::text, '-', '') AS ${name}`).join(', ')},
       product, site_version, round(1000 * extract(epoch FROM "time"))::bigint AS "time", title
     FROM events WHERE order_id = ANY ($1::uuid[])`,
    [[...ids]],
  );
  return new Map(rows.map((row) => [row.order_id, row]));
}
