// A part's process with those that it has started (PostgreSQL has one for each connection): who they are, and how much memory
// they hold. By /proc where there is one, else by ps(1).

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

type Known = { readonly pid: number; readonly parent: number };

/** The process and all below it, itself first. */
export function treeOf(root: number): readonly number[] {
  const all = existsSync('/proc/self/stat') ? fromProc() : fromPs();
  const tree = [root];
  for (const pid of tree) tree.push(...all.filter(({ parent }) => parent === pid).map((one) => one.pid));
  return tree;
}

/**
 * Bytes of memory that the processes hold; what they share is counted once, as its largest share.
 * @returns null where the system does not tell
 */
export function memoryOf(pids: readonly number[]): number | null {
  const parts = pids.flatMap((pid) => statusOf(pid) ?? []);
  if (parts.length === 0) return null;
  const own = parts.reduce((sum, { anonymous }) => sum + anonymous, 0);
  return (own + Math.max(...parts.map(({ shared }) => shared))) * 1024;
}

function fromProc(): Known[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return [{ pid: Number(name), parent: Number(parent) }];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
}

function fromPs(): Known[] {
  try {
    const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
    return lines.map((line) => {
      const [pid = 0, parent = 0] = line.trim().split(/\s+/).map(Number);
      return { pid, parent };
    });
  } catch {
    return [];
  }
}

/** Kibibytes, from proc(5)'s status. */
function statusOf(pid: number): { readonly anonymous: number; readonly shared: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'utf8');
    const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);
    return { anonymous: field('RssAnon'), shared: field('RssFile') + field('RssShmem') };
  } catch {
    return undefined;
  }
}
