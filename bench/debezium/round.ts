// One measurement of a sink: from the start of its process, with a backlog of twice ROWS, until all of it is visible. The
// first half measures the sink with its start, the second the warm sink.

import type { Job } from './columns.ts';
import { type Cpu, cpuNow, peakResident, proportionalNow } from './cost.ts';
import { Progress } from './progress.ts';
import type { Servers } from './servers.ts';
import type { Sink, SinkSetting } from './sink.ts';
import type { Backlog } from './topic.ts';

const MEMORY_EVERY_MS = 1_000;

/** A way from the topic into a table. */
export type Way = {
  readonly table: Job['table'];
  start(setting: SinkSetting): Promise<Sink>;
};

export type Measured = {
  readonly firstRowSeconds: number;
  /** Thousands of rows a second, from the start of the process to the middle of the backlog. */
  readonly endToEnd: number;
  /** Thousands of rows a second from the first row to the middle of the backlog. */
  readonly fromFirstRow: number;
  /** Thousands of rows a second of the second half of the backlog. */
  readonly warm: number;
  /** Microseconds of CPU a row, of the first and of the second half. */
  readonly startCpu: Cpu;
  readonly warmCpu: Cpu;
  /** MB. */
  readonly peakResident: number;
  readonly peakProportional: number;
};

type Moment = { readonly at: number; readonly rows: number; readonly cpu: Cpu };

/** Measures a way from empty tables. @throws where the number of rows is wrong in the end */
export async function measure(
  way: Way,
  servers: Servers,
  backlog: Backlog,
  group: string,
): Promise<Measured> {
  await servers.clear();
  const { pool, url: databaseUrl } = servers.database;
  const start: Moment = {
    at: performance.now(),
    rows: 0,
    cpu: { ...cpuNow([], servers.postgres), sink: 0 },
  };
  const sink = await way.start({ kafkaPort: servers.kafkaPort, databaseUrl, group });
  let peakProportional = 0;
  const memory = setInterval(() => {
    peakProportional = Math.max(peakProportional, proportionalNow(sink.pids));
  }, MEMORY_EVERY_MS);
  const moment = (rows: number): Moment => ({
    at: performance.now(),
    rows,
    cpu: cpuNow(sink.pids, servers.postgres),
  });
  try {
    const progress = new Progress(pool, way.table, backlog, sink.check);
    await progress.first();
    const first = performance.now();
    const middle = moment(await progress.reached(backlog.rows / 2));
    const end = moment(await progress.reached(backlog.rows));
    await expectRows(servers, way.table, backlog.rows);
    return {
      firstRowSeconds: (first - start.at) / 1000,
      endToEnd: rate(start, middle),
      fromFirstRow: middle.rows / (middle.at - first),
      warm: rate(middle, end),
      startCpu: cpuPerRow(start, middle),
      warmCpu: cpuPerRow(middle, end),
      peakResident: peakResident(sink.pids),
      peakProportional,
    };
  } finally {
    clearInterval(memory);
    await sink.stop();
  }
}

const rate = (from: Moment, to: Moment) => (to.rows - from.rows) / (to.at - from.at);

function cpuPerRow(from: Moment, to: Moment): Cpu {
  const perRow = (which: keyof Cpu) => ((to.cpu[which] - from.cpu[which]) * 1e6) / (to.rows - from.rows);
  return { sink: perRow('sink'), postgres: perRow('postgres') };
}

async function expectRows({ database }: Servers, table: string, expected: number): Promise<void> {
  const { rows } = await database.pool.query<{ count: number }>(`SELECT count(*) FROM ${table}`);
  if (rows[0]?.count !== expected)
    throw new Error(`${table}: received ${rows[0]?.count} rows, expected ${expected}`);
}
