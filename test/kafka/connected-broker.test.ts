import { expect, it } from 'vitest';
import { createKafka } from '../../src/kafka/client.ts';
import { FaultProxy } from '../../src/runtime/fault-proxy.ts';
import { afterFile } from '../support/after-file.ts';
import { eventually, startTestBroker } from '../support/line.ts';
import { testLog } from '../support/log.ts';

/** A client whose broker takes connections at once, and says its first word late. */
async function slowly(delayMs: number) {
  const proxy = new FaultProxy({ host: '127.0.0.1', port: (await startTestBroker()).port });
  afterFile(() => proxy.close());
  const port = await proxy.listen();
  Object.assign(proxy, { mode: 'slow', delayMs });
  const cluster = { brokers: [`127.0.0.1:${port}`], ssl: false, sasl: undefined };
  const admin = createKafka(cluster, 'test', testLog).admin({ retry: { retries: 0 } });
  afterFile(() => admin.disconnect());
  return { admin, proxy };
}

it('who asks a broker while another one still connects to it is answered', async () => {
  const { admin, proxy } = await slowly(300);
  const connecting = admin.connect();
  await eventually(async () => proxy.made === 1);
  expect(await Promise.all([admin.listTopics(), admin.describeCluster(), connecting])).toMatchObject([
    [],
    { controller: expect.any(Number) },
    undefined,
  ]);
});
