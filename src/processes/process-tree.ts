// A part's process with those that it has started (PostgreSQL has one for each connection): their pids, and how much memory they
// hold. From /proc where there is one, else from ps(1).

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** The process and all below it, itself first. */
export function treeOf(root: number): readonly number[] {
  const tree = [root];
  for (const pid of tree) tree.push(...childrenOf(pid));
  return tree;
}

/** From proc(5), which lists them by thread; from ps(1) where there is no /proc. */
function childrenOf(pid: number): readonly number[] {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const texts = threads.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8'));
    return texts.join(' ').split(' ').filter(Boolean).map(Number);
  } catch {
    // A process that has ended meanwhile has no children either.
    return existsSync('/proc/self/task') ? [] : fromPs(pid);
  }
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

function fromPs(parent: number): readonly number[] {
  try {
    const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
    const pairs = lines.map((line) => line.trim().split(/\s+/).map(Number));
    return pairs.flatMap(([pid = 0, of]) => (of === parent ? [pid] : []));
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
