// npm run test:unit: the tests of pure parts alone. A test is one of them where neither it nor what it imports of test/ starts a server,
// a process or a browser, or asks the database that all others share.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { defineConfig } from 'vitest/config';

/** What starts something, or is made to be given to something that was started. */
const STARTS =
  /from '(?:supertest|playwright-core|autocannon|pg|kafkajs|node:(?:child_process|net|http|https|worker_threads))'|\b(?:startBroker|inject)\b|\/(?:db\/pool|db\/embedded\/\w+|web\/app|http\/server)\.ts'|(?:main|command|batch\/run)\.ts'/;

function imports(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/from '(\.[^']+)'/g)]
    .map(([, target = '']) => path.join(path.dirname(file), target))
    .filter((target) => target.startsWith(`test${path.sep}`) && existsSync(target));
}

const seen = new Map<string, boolean>();

function isPure(file: string): boolean {
  const known = seen.get(file);
  if (known !== undefined) return known;
  // Of two files that import each other, the other one decides.
  seen.set(file, true);
  const pure = !STARTS.test(readFileSync(file, 'utf8')) && imports(file).every(isPure);
  seen.set(file, pure);
  return pure;
}

const tests = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((name) => /(?<!\.(?:engine|whole))\.test\.ts$/.test(name))
  .map((name) => path.join('test', name));

export default defineConfig({
  test: {
    include: tests.filter(isPure),
    setupFiles: ['test/support/setup.ts'],
    pool: 'threads',
    isolate: false,
    maxWorkers: 2,
    expect: { poll: { timeout: 30_000 } },
    testTimeout: 60_000,
  },
});
