// A stored event as the live panels read it from Postgres.

import type { Device, DeviceType } from '../../events/event.ts';
import type { Product } from '../../events/products.ts';
import type { PanelEvent } from './event.ts';

/**
 * SQL of an event as two columns: the visitor, and a line of all else, divided by tabs. The context's fields are JSON, in which a tab is
 * escaped. A column for each field costs the web process half as much again during a backlog. The visitor is a column because windows
 * keep the string for minutes, and a substring of a line would keep the whole line.
 * concat_ws leaves out NULLs, so only the last field may be one.
 */
export const EVENT = `encode(uuid_send(user_id), 'hex') AS user_id,
  concat_ws(E'\\t', encode(uuid_send(order_id), 'hex'), title, product, site_version, is_robot(context), is_simulated(context),
    (date_part('epoch', "time") * 1000)::bigint, (date_part('epoch', coalesce(appended_at, stored_at)) * 1000)::bigint,
    coalesce(topic, ''), coalesce("partition", -1), coalesce("offset", -1),
    coalesce(context->'item', 'null'), coalesce(context->'ip', 'null'), coalesce(context->'user_agent', 'null'),
    coalesce(context->'device_type', 'null'), stored_in) AS line`;

export type EventRow = { readonly user_id: string; readonly line: string };

export type Stored = { readonly event: PanelEvent; readonly storedIn: string | undefined };

export const eventOf = (row: EventRow): PanelEvent => storedOf(row).event;

/** @returns also the transaction that stored it, where the row knows it */
export function storedOf({ user_id, line }: EventRow): Stored {
  const [orderId, title, product, siteVersion, robot, simulated, timeMs, arrivedMs, topic, ...rest] =
    line.split('\t') as [
      string,
      PanelEvent['title'],
      Product,
      Device,
      string,
      string,
      string,
      string,
      string,
      ...string[],
    ];
  const [partition, offset = '', item, ip, userAgent, deviceType, storedIn] = rest;
  const event = {
    orderId,
    userId: user_id,
    title,
    product,
    siteVersion,
    item: textOf(item),
    timeMs: Number(timeMs),
    arrivedMs: Number(arrivedMs),
    robot: robot === 't',
    simulated: simulated === 't',
    ip: textOf(ip),
    userAgent: textOf(userAgent),
    deviceType: textOf(deviceType) as DeviceType | undefined,
    topic,
    partition: Number(partition),
    offset,
  };
  return { event, storedIn };
}

const textOf = (json = 'null'): string | undefined =>
  json === 'null' ? undefined : String(JSON.parse(json));
