// examples/spark on a real Spark in local mode. `.ci/run` installs PySpark and names its Python in SPARK_PYTHON.

import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { packageRoot } from '../../src/runtime/paths.ts';
import { writeClicks } from '../../src/sessions/clicks/write.ts';
import { clickLine, writeFiles } from '../sessions/batch/files.ts';
import { run } from '../support/command.ts';
import { temporaryFolder } from '../support/line.ts';

const python = process.env.SPARK_PYTHON;
if (python === undefined)
  console.warn('SKIPPED: Spark was not named. SPARK_PYTHON=… of a Python with pyspark runs its example.');

const spark = async (args: readonly string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)(
    python ?? '',
    [path.join(packageRoot, 'examples', 'spark', 'sessions.py'), ...args],
    {
      env: {
        ...process.env,
        PYSPARK_SUBMIT_ARGS:
          '--master local[2] --conf spark.sql.shuffle.partitions=2 --conf spark.ui.enabled=false pyspark-shell',
        SPARK_LOCAL_IP: '127.0.0.1',
      },
      maxBuffer: 1024 ** 2,
    },
  );
  return stdout;
};

/** Ties over files, exact gaps, values that mean something elsewhere, a session over midnight, before 1970. */
const ODD = {
  'part-b.json.gz': [
    clickLine({ anonymous_id: 'tie', browser_family: 'null' }),
    clickLine({ anonymous_id: 'exact', device_sent_timestamp: 1_556_668_800_000 + 1_800_000 }),
    clickLine({ anonymous_id: 'early', device_sent_timestamp: -1, os_family: '__proto__' }),
  ].join('\n'),
  'part-a.json.gz': [
    clickLine({ anonymous_id: 'tie', browser_family: 'None', device_family: '' }),
    clickLine({ anonymous_id: 'exact', os_family: 'ünï "✓"' }),
    clickLine({ anonymous_id: 'early', device_sent_timestamp: 700, os_family: '10' }),
  ].join('\n'),
};

it.skipIf(python === undefined).each([
  ['test files of visitors who come back', [] as string[]],
  ['odd files, with other options', ['--multi-event-only']],
])(
  'Spark gives the answers of DuckDB cell by cell, by the same queries: %s',
  async (name, options) => {
    const files = name.startsWith('odd')
      ? writeFiles(ODD)
      : await writeClicks({
          profile: 'returning',
          seed: 3,
          rows: 3_000,
          parts: 3,
          folder: path.join(temporaryFolder(), 'clicks'),
        });
    const ours = await run(['sessions', ...files, ...options]);
    expect(ours.code).toBe(0);
    expect(await spark([...options, ...files])).toBe(ours.stdout);
  },
  180_000,
);
