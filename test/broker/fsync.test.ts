// fsyncMs: 0 forces each batch to the disk before it is acknowledged; other values leave that to a timer or to the system.

import { expect, it, vi } from 'vitest';
import { PartitionLog } from '../../src/broker/log/partition-log.ts';
import { kafkaAt, testBroker } from './running-broker.ts';

it.each([
  [0, true],
  [-1, false],
])('fsyncMs: %i forces a record to the disk before the answer: %s', async (fsyncMs, forces) => {
  const broker = await testBroker({ fsyncMs });
  const producer = kafkaAt(broker.port).producer();
  await producer.connect();
  await producer.send({ topic: 'forced', messages: [{ value: 'first' }] });
  const sync = vi.spyOn(PartitionLog.prototype, 'sync');
  await producer.send({ topic: 'forced', messages: [{ value: 'second' }] });
  expect(sync.mock.calls.length > 0).toBe(forces);
  sync.mockRestore();
  await producer.disconnect();
});
