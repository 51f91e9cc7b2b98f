// examples/spark on a real Spark in local mode. `.ci/run` installs PySpark and names its Python in SPARK_PYTHON.

import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/runtime/paths.ts';
import { writeClicks } from '../../src/sessions/clicks/write.ts';
import { clickLine, writeFiles } from '../sessions/batch/files.ts';
import { run } from '../support/command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const python = process.env.SPARK_PYTHON;
if (python === undefined)
  console.warn('SKIPPED: Spark was not named. SPARK_PYTHON=… of a Python with pyspark runs its example.');

/** Short runs, for which better code is not worth its compilation. */
const OPTIONS = [
  '--master local[2]',
  '--conf spark.sql.shuffle.partitions=2',
  '--conf spark.ui.enabled=false',
  '--conf spark.sql.adaptive.enabled=false',
  '--conf spark.sql.codegen.wholeStage=false',
  '--driver-java-options -XX:TieredStopAtLevel=1',
  'pyspark-shell',
];

/** Runs the example once for each of these arguments, on one Spark; what each run printed. */
async function spark(runs: readonly (readonly string[])[]): Promise<string[]> {
  const script = path.join(import.meta.dirname, 'spark_runs.py');
  const running = promisify(execFile)(python ?? '', [script, path.join(packageRoot, 'examples', 'spark')], {
    env: { ...process.env, PYSPARK_SUBMIT_ARGS: OPTIONS.join(' '), SPARK_LOCAL_IP: '127.0.0.1' },
    maxBuffer: 1024 ** 2,
  });
  running.child.stdin?.end(runs.map((args) => `${JSON.stringify(args)}\n`).join(''));
  const { stdout } = await running;
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

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

/** What is asked of both, of which files. */
const CASES: readonly {
  readonly what: string;
  readonly of: 'returning' | 'odd';
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
}[] = [
  { what: 'the answers of visitors who come back', of: 'returning', ours: [], theirs: [] },
  {
    what: 'the answers of odd files, with other options',
    of: 'odd',
    ours: ['--multi-event-only'],
    theirs: ['--multi-event-only'],
  },
  { what: 'the gap curve', of: 'returning', ours: ['gaps'], theirs: ['--ask', 'gaps'] },
  { what: 'the six rules', of: 'odd', ours: ['--rule', 'all'], theirs: ['--ask', 'rules'] },
];
const RULES = CASES.findIndex(({ what }) => what === 'the six rules');

describe.skipIf(python === undefined)('Spark, by the same queries, cell by cell', () => {
  const files: Record<string, string[]> = {};
  let printed: readonly string[] = [];
  beforeAll(async () => {
    const folder = path.join(temporaryFolder(), 'clicks');
    files.returning = await writeClicks({ profile: 'returning', seed: 3, rows: 3_000, parts: 3, folder });
    files.odd = writeFiles(ODD);
    printed = await spark(CASES.map(({ theirs, of }) => [...theirs, ...(files[of] ?? [])]));
  }, 600_000);

  it.each(CASES.map(({ what, ours, of }, at) => [what, ours, of, at] as const))(
    'gives %s as DuckDB does',
    async (_, ours, of, at) => {
      const { code, stdout } = await run(['sessions', ...ours, ...(files[of] ?? [])]);
      expect(code).toBe(0);
      expect(printed[at]).toBe(stdout);
    },
  );

  it('has rules to compare that differ', () => {
    expect(JSON.parse(printed[RULES] ?? '').differences.length).toBeGreaterThan(3);
  });
});
