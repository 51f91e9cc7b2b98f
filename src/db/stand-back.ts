// Followers run at a lower priority than what stores events: where cores are short, an event is stored before anything is derived from
// it. The priority is that of the operating system, for a process and for the embedded server's processes that serve it.

import { getPriority, setPriority } from 'node:os';
import type pg from 'pg';
import type { Pool } from './pool.ts';

/** A value of nice(2): about a ninth of the share of a usual process that wants the same core. */
export const STOOD_BACK = 10;

/** Lowers the priority of a process; without effect where that is not permitted, or the process is gone. */
function lower(pid: number): void {
  try {
    // One that was started at a lower priority keeps it.
    if (getPriority(pid) < STOOD_BACK) setPriority(pid, STOOD_BACK);
  } catch {
    // The process works at the usual priority, too.
  }
}

/** Lowers the priority of this process. */
export const standBack = (): void => lower(process.pid);

/**
 * Lowers the priority of a pool's server processes.
 * @param embedded a pool of the embedded server, as the process ids of another one mean nothing here
 */
export function standBackFor(embedded: Pool): void {
  embedded.on('connect', (client) => {
    const pid = backendOf(client);
    if (pid !== undefined) lower(pid);
  });
}

/** The server process of a connection, which pg's types leave out. */
const backendOf = (client: pg.ClientBase): number | undefined =>
  (client as unknown as { readonly processID?: number | null }).processID ?? undefined;
