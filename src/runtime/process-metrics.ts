// Metrics of this process: CPU, memory, handles, and how late the event loop is at the moment of the scrape. prom-client's metrics of
// the time between two scrapes are those of a timer with its own period in them: 0.2 s every 0.2 s, where nothing is late. A
// period as short as it would take to be of use wakes an idle process a hundred times a second, so they are left out.

import { collectDefaultMetrics, type Registry } from 'prom-client';

const SELDOM_MS = 60_000;
const BETWEEN_SCRAPES = ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'] as const;

/** @param prefix of the names of the metrics */
export function collectProcessMetrics(register: Registry, prefix = ''): void {
  collectDefaultMetrics({ register, prefix, eventLoopMonitoringPrecision: SELDOM_MS });
  for (const statistic of BETWEEN_SCRAPES)
    register.removeSingleMetric(`${prefix}nodejs_eventloop_lag_${statistic}_seconds`);
}
