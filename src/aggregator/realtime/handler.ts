// A definition as a handler of the consumer: the sessions that a batch changes and the partition's offset are committed in one
// transaction. Records that can't be aggregated are set aside with their places.

import type { RecordHandler } from '../../consumer/handler.ts';
import { inOffsetTransaction, type Subscription } from '../../consumer/offsets.ts';
import type { RecordBatch } from '../../consumer/record.ts';
import type { Pool } from '../../db/pool.ts';
import type { Rec } from '../core/step.ts';
import type { Change, LiveSessions, Transacted } from './live-sessions.ts';
import { cellsOf } from './record-cells.ts';

/** @param onChange called after a commit */
export function aggregateHandler(
  pool: Pool,
  subscription: Subscription,
  sessions: LiveSessions,
  onChange: (change: Change) => void,
): RecordHandler<Change> {
  return {
    store: (batch, move) =>
      sessions.change(
        (work) => inOffsetTransaction(pool, subscription, batch.partition, move, work),
        (transacted) => takeBatch(transacted, batch, `${subscription.topic}/${batch.partition}`),
      ),
    stored: onChange,
  };
}

async function takeBatch(transacted: Transacted, batch: RecordBatch, source: string): Promise<void> {
  const records = batch.records.flatMap((record): Rec[] => {
    const cells = batch.unstorable ?? cellsOf(record, transacted.names);
    const position = Number(record.offset);
    if (typeof cells !== 'string') return [{ cells, source, position, at: record.timestamp }];
    transacted.setAside({ source, position, field: '', message: cells });
    return [];
  });
  await transacted.take(records, Date.now());
}
