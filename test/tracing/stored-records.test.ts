import { expect, it } from 'vitest';
import type { RecordBatch } from '../../src/consumer/record.ts';
import { hasTitle, storedSql } from '../../src/tracing/stored-records.ts';
import { anEvent } from '../support/events.ts';

const batchOf = (...values: readonly (object | string | null)[]): RecordBatch =>
  ({
    partition: 0,
    records: values.map((value, offset) => ({
      offset: BigInt(offset),
      timestamp: 0,
      key: null,
      value: value === null ? null : Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
    })),
  }) as unknown as RecordBatch;

const click = anEvent({ title: 'banner_click' });
const order = anEvent({ title: 'order' });

it('hasTitle knows whether a batch has an event of a title, whatever stands beside it', () => {
  expect(hasTitle(batchOf(order, click), 'banner_click')).toBe(true);
  expect(hasTitle(batchOf(null, '', 'no json', '{"title":"banner_click"}', click), 'banner_click')).toBe(
    true,
  );
});

it('hasTitle takes no record for an event that ingest sets aside', () => {
  for (const value of [null, '', 'no json', '{"title":"banner_click"}', { ...click, product: 'boats' }])
    expect(hasTitle(batchOf(value, order), 'banner_click')).toBe(false);
  expect(hasTitle(batchOf(), 'banner_click')).toBe(false);
});

it('hasTitle reads an event in another spelling as ingest does', () => {
  const { order_id, ...rest } = click;
  expect(hasTitle(batchOf({ ...rest, order_id: order_id.toUpperCase() }), 'banner_click')).toBe(true);
});

it('storedSql makes a prepared statement of the wanted columns', () => {
  const { name, text } = storedSql('mine', 'order_id, "time"');
  expect(name).toBe('mine');
  expect(text).toMatch(/^SELECT order_id, "time" FROM events\s/);
});
