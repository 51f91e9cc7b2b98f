import { expect, it } from 'vitest';
import { logStored } from '../../src/ingest/stored-log.ts';
import { createLog } from '../../src/runtime/log.ts';
import type { LogLevel } from '../../src/runtime/log-levels.ts';
import { anEvent } from '../support/events.ts';

/** The lines of a batch of an event and of what is none. */
function linesAt(level: LogLevel) {
  const lines: object[] = [];
  const log = createLog('test', level, false, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const event = anEvent();
  const values = [JSON.stringify(event), '{'];
  const records = values.map((value, index) => ({
    offset: BigInt(40 + index),
    timestamp: Date.now(),
    key: null,
    value: Buffer.from(value),
  }));
  logStored(log, 2, records);
  return { event, lines };
}

it('an event can be followed by its order_id to its row, and what was set aside says why', () => {
  const { event, lines } = linesAt('debug');
  expect(lines).toMatchObject([
    { msg: 'event is in Postgres', order_id: event.order_id, partition: 2, offset: '40' },
    { msg: 'message was set aside', partition: 2, offset: '41', code: 'not_json' },
  ]);
});

it('other levels say nothing', () => {
  expect(linesAt('info').lines).toEqual([]);
});
