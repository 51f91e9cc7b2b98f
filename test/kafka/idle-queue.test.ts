import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createKafka } from '../../src/kafka/client.ts';
import { startTestBroker } from '../support/line.ts';
import { testLog } from '../support/log.ts';

afterEach(() => vi.restoreAllMocks());

describe('a connection of kafkajs', () => {
  it('sets no timer while it is idle', async () => {
    const { port } = await startTestBroker();
    const admin = createKafka(
      { brokers: [`127.0.0.1:${port}`], ssl: false, sasl: undefined },
      'test-idle',
      testLog,
    ).admin();
    await admin.connect();
    expect(await admin.listTopics()).toEqual([]);
    const set = vi.spyOn(globalThis, 'setTimeout');
    await sleep(300);
    expect(set).not.toHaveBeenCalled();
    set.mockRestore();
    expect(await admin.listTopics()).toEqual([]);
    await admin.disconnect();
  });
});
