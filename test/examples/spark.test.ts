// examples/spark on a real Spark in local mode. `.ci/run` installs PySpark and names its Python in SPARK_PYTHON.

import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/runtime/paths.ts';
import { writeClicks } from '../../src/sessions/clicks/write.ts';
import { clickLine, writeFiles } from '../sessions/batch/files.ts';
import { run } from '../support/command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

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

/** Ties over files, exact gaps, values that mean something elsewhere, a session over a half hour and over midnight, before 1970. */
const ODD = {
  'part-b.json.gz': [
    clickLine({ anonymous_id: 'tie', browser_family: 'null' }),
    clickLine({ anonymous_id: 'exact', device_sent_timestamp: 1_556_668_800_000 + 1_800_000 }),
    clickLine({ anonymous_id: 'early', device_sent_timestamp: -1, os_family: '__proto__' }),
    clickLine({ anonymous_id: 'midnight', device_sent_timestamp: 1_556_668_800_000 + 43_199_999 }),
  ].join('\n'),
  'part-a.json.gz': [
    clickLine({ anonymous_id: 'tie', browser_family: 'None', device_family: '' }),
    clickLine({ anonymous_id: 'exact', os_family: 'ünï "✓"' }),
    clickLine({ anonymous_id: 'early', device_sent_timestamp: 700, os_family: '10' }),
    clickLine({ anonymous_id: 'midnight', device_sent_timestamp: 1_556_668_800_000 + 43_200_000 }),
  ].join('\n'),
};

const madeFiles = () =>
  writeClicks({
    profile: 'returning',
    seed: 3,
    rows: 3_000,
    parts: 3,
    folder: path.join(temporaryFolder(), 'clicks'),
  });

describe.skipIf(python === undefined)(
  'Spark, by the same queries, cell by cell',
  { timeout: 180_000 },
  () => {
    it.each([
      ['the answers of files of visitors who come back', madeFiles, [] as string[]],
      ['the answers of odd files, with other options', () => writeFiles(ODD), ['--multi-event-only']],
    ])('gives %s as DuckDB does', async (_, files, options) => {
      const paths = await files();
      const ours = await run(['sessions', ...paths, ...options]);
      expect(ours.code).toBe(0);
      expect(await spark([...options, ...paths])).toBe(ours.stdout);
    });

    it('gives the gap curve and the six rules as DuckDB does', async () => {
      const paths = writeFiles(ODD);
      const curve = await run(['sessions', 'gaps', ...(await madeFiles())]);
      expect(await spark(['--ask', 'gaps', ...(await madeFiles())])).toBe(curve.stdout);
      const ours = await run(['sessions', ...paths, '--rule', 'all']);
      expect(JSON.parse(ours.stdout).differences.length).toBeGreaterThan(3);
      expect(await spark(['--ask', 'rules', ...paths])).toBe(ours.stdout);
    });
  },
);
