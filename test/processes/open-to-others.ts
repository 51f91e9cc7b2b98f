import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/** Files and folders below, each with what group and others may do to it; PostgreSQL sees to those of its cluster. */
export function openToOthers(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const place = path.join(folder, entry.name);
    if (entry.name === 'cluster') return [];
    const others = statSync(place).mode & 0o077;
    // Root's PostgreSQL runs as another account, which passes this folder and can't look around.
    const passes = entry.name === 'postgres' && process.getuid?.() === 0 ? 0o011 : 0;
    const found = others === passes ? [] : [`${place}: ${others.toString(8)}`];
    return entry.isDirectory() ? [...found, ...openToOthers(place)] : found;
  });
}
