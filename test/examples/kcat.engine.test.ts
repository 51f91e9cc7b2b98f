// examples/kcat on the embedded broker, against a plain recount.

import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { packageRoot } from '../../src/runtime/paths.ts';
import { runs } from '../real-kafka/apache-kafka.ts';
import { startTestBroker } from '../support/line.ts';
import { CLICKS, clicksFrom, makeTopics, sendClicks } from './clicks.ts';

const isThere = runs('kcat', ['-V']);
if (!isThere) console.warn('SKIPPED: kcat is not installed (apt-get install kcat)');

it.skipIf(!isThere)('kcat counts the clicks of each category', async () => {
  const { port } = await startTestBroker();
  await makeTopics(port, [CLICKS]);
  await sendClicks(port, clicksFrom(0, 100));
  const script = path.join(packageRoot, 'examples', 'kcat', 'categories.sh');
  const { stdout } = await promisify(execFile)(script, [`127.0.0.1:${port}`]);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim());
  expect(lines).toEqual(['34 clothes', '33 electronics', '33 sneakers']);
});
