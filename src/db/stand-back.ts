// Followers stand back behind who stores: where cores are short, an event is stored first, and what is derived of it comes after.
// The operating system's priority decides, of the process and of the embedded server's processes that work for it.

import { getPriority, setPriority } from 'node:os';
import type pg from 'pg';
import type { Pool } from './pool.ts';

/** nice(2): a ninth of the share of a usual process, where both want the same core. */
export const STOOD_BACK = 10;

/** Lowers the priority of a process; without effect where that is not allowed, or the process is gone. */
function lower(pid: number): void {
  try {
    // Who was started behind others stays there.
    if (getPriority(pid) < STOOD_BACK) setPriority(pid, STOOD_BACK);
  } catch {
    // It works as well at the usual priority, only not behind others.
  }
}

/** Lowers the priority of this process. */
export const standBack = (): void => lower(process.pid);

/** Lowers the priority of the embedded server's processes that serve this pool; another server's ids mean nothing here. */
export function standBackFor(embedded: Pool): void {
  embedded.on('connect', (client) => {
    const pid = backendOf(client);
    if (pid !== undefined) lower(pid);
  });
}

/** The server process of a connection, which pg's types leave out. */
const backendOf = (client: pg.ClientBase): number | undefined =>
  (client as unknown as { readonly processID?: number | null }).processID ?? undefined;
