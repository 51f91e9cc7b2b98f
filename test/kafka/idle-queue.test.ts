// In a process of its own, whose timers are all of one connection.

import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/runtime/paths.ts';
import { startTestBroker } from '../support/line.ts';

const SCRIPT = `
const [, root, port] = process.argv;
const { createKafka } = await import(root + '/kafka/client.js');
const { createLog } = await import(root + '/runtime/log.js');
const cluster = { brokers: ['127.0.0.1:' + port], ssl: false, sasl: undefined };
const admin = createKafka(cluster, 'test-idle', createLog('test', 'silent', false)).admin();
await admin.connect();
await admin.listTopics();
const plain = globalThis.setTimeout;
let timers = 0;
globalThis.setTimeout = (...args) => {
  timers += 1;
  return plain(...args);
};
await new Promise((resolve) => plain(resolve, 300));
console.log(JSON.stringify({ timers, topics: await admin.listTopics() }));
await admin.disconnect();
`;

describe('a connection of kafkajs', () => {
  it('a connection of kafkajs sets no timer while it is idle', async () => {
    const { port } = await startTestBroker();
    const args = [
      '--input-type=module',
      '--eval',
      SCRIPT,
      path.join(packageRoot, 'dist', 'src'),
      String(port),
    ];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    expect(JSON.parse(stdout)).toEqual({ timers: 0, topics: [] });
  });
});
