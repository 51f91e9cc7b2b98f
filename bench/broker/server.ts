// The embedded broker in a process of its own, for the benchmarks: prints its port once it listens; SIGTERM closes it in order.

import { startBroker } from '../../src/broker/broker.ts';

const [, , dataDir = './data/bench', compactionCheckMs = '15000', maxPartitions = '2000'] = process.argv;
const { port, close } = await startBroker({
  port: 0,
  dataDir,
  compactionCheckMs: Number(compactionCheckMs),
  maxPartitions: Number(maxPartitions),
});
console.log(port);
process.once('SIGTERM', () => void close());
