// A definition as a handler of the consumer: the sessions that a batch changes and the partition's offset are committed in one
// transaction. Records that can't be aggregated are set aside with their offsets.

import type { RecordHandler } from '../../consumer/handler.ts';
import { inOffsetTransaction, type Subscription } from '../../consumer/offsets.ts';
import type { RecordBatch } from '../../consumer/record.ts';
import type { Pool } from '../../db/pool.ts';
import type { Rec } from '../core/step.ts';
import type { LiveSessions } from './live-sessions.ts';
import { cellsOf } from './record-cells.ts';
import type { Change, Transacted } from './transacted.ts';

/** Makes the handler of a definition. @param onChange called after each commit */
export function aggregateHandler(
  pool: Pool,
  subscription: Subscription,
  sessions: LiveSessions,
  onChange: (change: Change) => void,
): RecordHandler<Change> {
  const sourceOf = sourcesOf(subscription.topic);
  return {
    store: (batch, move) =>
      sessions.change(
        (work) => inOffsetTransaction(pool, subscription, batch.partition, move, work),
        (transacted) =>
          transacted.take(
            recordsOf(transacted, batch, sourceOf(batch.partition)),
            batch.records.length,
            Date.now(),
          ),
        batch.records.length,
      ),
    stored: onChange,
  };
}

/** Keeps one string for each partition, as thousands of sessions refer to it. */
function sourcesOf(topic: string): (partition: number) => string {
  const sources = new Map<number, string>();
  return (partition) => {
    const source = sources.get(partition) ?? `${topic}/${partition}`;
    sources.set(partition, source);
    return source;
  };
}

function* recordsOf(transacted: Transacted, batch: RecordBatch, source: string): Generator<Rec> {
  for (const record of batch.records) {
    const cells = batch.unstorable ?? cellsOf(record, transacted.names);
    const position = Number(record.offset);
    if (typeof cells !== 'string') yield { cells, source, position, at: record.timestamp };
    else transacted.setAside({ source, position, field: '', message: cells });
  }
}
