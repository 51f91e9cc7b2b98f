// The whole program, with all that follows ingest, beside an earlier version of it, or beside itself without what follows: how fast
// each stores the same backlog.

import path from 'node:path';
import { packageRoot } from '../../src/runtime/paths.ts';
import { median } from '../statistics.ts';
import { type Contender, messagesOf, type Stored, storeBacklog } from './backlog.ts';
import { PANELS_STREAM } from './open-panels.ts';
import { USERS } from './send.ts';

const SERVERS = ['postgres', 'broker', 'web'];
const NOW: Contender = {
  folder: packageRoot,
  parts: [...SERVERS, 'live', 'aggregator'],
  stream: PANELS_STREAM,
};

/** @param folder of the earlier program, as it was before it had live panels */
const before = (folder: string | undefined): Contender =>
  folder === undefined
    ? { ...NOW, parts: SERVERS }
    : { folder: path.resolve(folder), parts: SERVERS, stream: '/api/live' };

const medianOf = (all: readonly Stored[], of: (one: Stored) => number) => median(all.map(of));
const total = ({ cost }: Stored) => Object.values(cost).reduce((sum, one) => sum + one, 0);

function lineOf(all: readonly Stored[]): string {
  const parts = Object.keys(all[0]?.cost ?? {}).map(
    (part) => `${part} ${medianOf(all, ({ cost }) => cost[part] ?? 0).toFixed(1)}`,
  );
  const rate = medianOf(all, (one) => one.rate).toFixed(0);
  return `${rate}/s, ${medianOf(all, total).toFixed(1)} µs of CPU an event: ${parts.join(', ')}`;
}

/**
 * Prints rates of both, in turn, and the median of the rounds' ratios.
 * @param pages numbers of open pages, each measured by itself
 * @param old folder of an earlier program, built
 */
export async function compareBacklog(
  events: number,
  rounds: number,
  pages: readonly number[],
  old: string | undefined,
): Promise<void> {
  const messages = messagesOf(USERS, events);
  const contenders = [
    ['before', before(old)],
    ['now', NOW],
  ] as const;
  for (const open of pages) {
    const stored = { before: [] as Stored[], now: [] as Stored[] };
    for (let round = 0; round < rounds; round++) {
      for (const [name, contender] of contenders) {
        const one = await storeBacklog(contender, messages, open);
        stored[name].push(one);
        console.log(`    ${open} pages, ${name}: ${lineOf([one])}`);
      }
    }
    const ratios = stored.now.map(({ rate }, round) => rate / (stored.before[round]?.rate ?? Number.NaN));
    console.log(
      `a backlog of ${events} events, ${open} pages open: × ${median(ratios).toFixed(2)} (${ratios.map((one) => one.toFixed(2)).join(', ')}) of ${old ?? 'the same without what follows'}`,
    );
    console.log(`  before ${lineOf(stored.before)}`);
    console.log(`  now    ${lineOf(stored.now)}`);
  }
}
