// examples/flink on the embedded broker, its counts against a plain recount.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { FAST_START } from '../real-kafka/apache-kafka.ts';
import { startTestBroker } from '../support/line.ts';
import {
  builtExample,
  CLICKS,
  clicksFrom,
  countsOf,
  countsOn,
  makeTopics,
  mavenMissing,
  sendClicks,
} from './clicks.ts';

const missing = mavenMissing();
if (missing !== null) console.warn(`SKIPPED: Flink: ${missing}`);

const RESULTS = 'flink-clicks-per-minute';

it.skipIf(missing !== null)(
  'counts each click once a minute and category',
  async () => {
    const folder = await builtExample('flink', ['package', 'dependency:copy-dependencies']);
    const { port } = await startTestBroker();
    await makeTopics(port, [CLICKS, RESULTS]);
    const clicks = clicksFrom(0, 100);
    await sendClicks(port, clicks);
    const options = [...FAST_START, '-Xmx512m', '--add-opens=java.base/java.util=ALL-UNNAMED'];
    const program = ['-cp', 'target/classes:target/dependency/*', 'ClicksPerMinute', `127.0.0.1:${port}`];
    await promisify(execFile)('java', [...options, ...program], { cwd: folder });
    expect(await countsOn(port, RESULTS, countsOf(clicks))).toEqual(countsOf(clicks));
  },
  600_000,
);
