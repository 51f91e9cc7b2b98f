// The embedded broker in a process of its own, for the benchmark: prints its port once it listens.

import { startBroker } from '../../src/broker/broker.ts';

const [, , dataDir = './data/bench', compactionCheckMs = '15000'] = process.argv;
const { port } = await startBroker({ port: 0, dataDir, compactionCheckMs: Number(compactionCheckMs) });
console.log(port);
