// Event → changed pixel in an open live page beside others, with where the time goes: how old events are when each station has them.

import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { CHANGE_CHANNEL, changeOf } from '../../src/db/change.ts';
import { cpuOf, cpuOfFamily, partOf } from '../cpu.ts';
import type { Loaded } from '../dashboard/loaded.ts';
import { ms, percentile } from '../statistics.ts';
import { openPanels, PANELS_STREAM, readStream, type Seen, watchPage } from './open-panels.ts';
import { Reached } from './reached.ts';
import { type Sent, send } from './send.ts';

export type Load = { readonly rate: number; readonly seconds: number; readonly dashboards: number };
export type Pixels = { readonly cores: number; readonly p50: number };

/** CPU seconds so far, by what used them. */
type Used = Readonly<Record<string, number>>;

/** Cores that each used while the work ran. */
async function coresWhile(used: () => Used, work: () => Promise<unknown>): Promise<Used> {
  const [began, before] = [performance.now(), used()];
  await work();
  const [seconds, after] = [(performance.now() - began) / 1000, used()];
  return Object.fromEntries(
    Object.entries(after).map(([name, cpu]) => [name, (cpu - (before[name] ?? 0)) / seconds]),
  );
}

const usedByParts = ({ program, postgres }: Loaded): Used => ({
  ...Object.fromEntries(
    ['broker', 'web', 'ingest', 'live', 'aggregator'].map((part) => [part, cpuOf(partOf(program.pid, part))]),
  ),
  postgres: cpuOfFamily(postgres),
});

const usedByBench = (): Used => {
  const { user, system } = process.cpuUsage();
  return { bench: (user + system) / 1e6 };
};

const textOf = (cores: Used): string =>
  Object.entries(cores)
    .map(([name, share]) => `${name} ${share.toFixed(2)}`)
    .join(', ');
/** Of the parts that work for panels. */
const forPanels = ({ web = 0, live = 0, postgres = 0 }: Used): number => web + live + postgres;

/** When batches were committed, as Postgres tells. Ends with the connection. */
async function listenToCommits(database: pg.Client): Promise<Reached> {
  const committed = new Reached();
  database.on('notification', ({ payload }) => {
    const change = changeOf(payload);
    if (change === undefined || !('next' in change) || change.group !== 'shopstream-ingest') return;
    committed.note(change.partition, Number(change.next) - 1, Date.now());
  });
  await database.query(`LISTEN ${CHANGE_CHANNEL}`);
  return committed;
}

/** Prints event → changed pixel, and the cores of all that took part. */
export async function measurePixels(loaded: Loaded, { rate, seconds, dashboards }: Load): Promise<Pixels> {
  const { url } = loaded.program;
  await send(url, rate, 5);
  const alone = await coresWhile(
    () => usedByParts(loaded),
    () => send(url, rate, seconds),
  );
  const open = await openPanels(url + PANELS_STREAM, dashboards - 2);
  const stream = readStream(url);
  const page = await watchPage(url);
  const committed = await listenToCommits(loaded.database);
  await send(url, rate, 5);
  let sent: ReadonlyMap<string, Sent> = new Map();
  const crowded = await coresWhile(
    () => ({ ...usedByParts(loaded), ...usedByBench(), ...page.cpu() }),
    async () => {
      sent = await send(url, rate, seconds);
    },
  );
  await sleep(1_000);
  const seen = await page.seen();
  await page.close();
  stream.close();
  open.close();
  const ages = await agesOf(loaded.database, sent, { committed, told: stream.told, seen });
  const painted = ages.get('painted') ?? [];
  const p50 = percentile(painted, 0.5);
  console.log(
    `event → changed pixel at ${rate} events/s, ${dashboards} dashboards: p50 ${ms(p50)}  p99 ${ms(percentile(painted, 0.99))}` +
      `  (${painted.length} of ${sent.size} events, ${seen.draws} draws)`,
  );
  for (const [station, of] of ages)
    console.log(`  ${station.padEnd(28)} p50 ${ms(percentile(of, 0.5))}  p99 ${ms(percentile(of, 0.99))}`);
  const more = forPanels(crowded) - forPanels(alone);
  console.log(
    `cores of web, live and Postgres: ${forPanels(alone).toFixed(2)} with none open, ${forPanels(crowded).toFixed(2)} with ${dashboards}: ${more.toFixed(2)} more`,
  );
  console.log(`  with none: ${textOf(alone)}`);
  console.log(`  with ${dashboards}: ${textOf(crowded)}`);
  return { cores: more, p50 };
}

type Stations = { readonly committed: Reached; readonly told: Reached; readonly seen: Seen };

/**
 * Milliseconds from the sending of events until a station had them, or one behind them of their partition: at a high rate some come
 * and go between two frames. Those that a station never had are left out.
 */
async function agesOf(
  database: pg.Client,
  sent: ReadonlyMap<string, Sent>,
  { committed, told, seen }: Stations,
): Promise<Map<string, number[]>> {
  const { rows } = await database.query<{ id: string; partition: number; offset: number; appended: number }>(
    `SELECT replace(order_id::text, '-', '') AS id, "partition", "offset"::float8 AS "offset",
       (extract(epoch FROM appended_at) * 1000)::float8 AS appended
     FROM events WHERE order_id = ANY($1::uuid[])`,
    [[...sent.keys()]],
  );
  type Row = (typeof rows)[number];
  const by = (reached: Reached) => (row: Row) => reached.at(row.partition, row.offset);
  const stations: Readonly<Record<string, (row: Row) => number | undefined>> = {
    'sent to Kafka': ({ appended }) => appended,
    acknowledged: ({ id }) => sent.get(id)?.acknowledged,
    'committed in Postgres': by(committed),
    'told by a stream': by(told),
    'told to the page': by(seen.told),
    'set in the page': by(seen.set),
    painted: by(seen.painted),
  };
  return new Map(
    Object.entries(stations).map(([name, at]) => [
      name,
      rows.flatMap((row) => {
        const reached = at(row);
        return reached === undefined ? [] : [reached - (sent.get(row.id)?.at ?? 0)];
      }),
    ]),
  );
}
