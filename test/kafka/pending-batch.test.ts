import { expect, it } from 'vitest';
import { KafkaError } from '../../src/kafka/errors.ts';
import { acknowledgementOf, type Outcome, PendingBatch } from '../../src/kafka/pending-batch.ts';

const acknowledged = (offset: bigint): Outcome => ({ topic: 't', partition: 0, offset, at: 0 });

it('a batch is known once each of its events is, in their order, whatever came first', async () => {
  const batch = new PendingBatch(3);
  let known = false;
  void batch.outcomes.then(() => {
    known = true;
  });
  const closed = new KafkaError('CLOSED', 'the shop closed');
  batch.settle(2, acknowledged(2n));
  batch.settle(0, closed);
  await new Promise(setImmediate);
  expect(known).toBe(false);
  batch.settle(1, acknowledged(1n));
  expect(await batch.outcomes).toEqual([closed, acknowledged(1n), acknowledged(2n)]);
});

it('the acknowledgement of one event is its outcome, or its error is thrown', () => {
  expect(acknowledgementOf([acknowledged(7n)])).toEqual(acknowledged(7n));
  expect(() => acknowledgementOf([new KafkaError('REFUSED', 'too large')])).toThrow('too large');
  expect(() => acknowledgementOf([])).toThrow('expected that of one event');
});
