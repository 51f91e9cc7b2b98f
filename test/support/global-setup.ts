// Once per test run: compiles the program, as tests that start it do so as a user would, and starts one PostgreSQL,
// in which every test makes its own database. TEST_DATABASE_URL names a server to use instead.

import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../src/db/embedded/server.ts';
import { createLog } from '../../src/runtime/log.ts';
import { leaveNothingBehind } from './left-behind.mjs';
import { freePort } from './ports.ts';

declare module 'vitest' {
  interface ProvidedContext {
    databaseUrl: string;
  }
}

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const folder = mkdtempSync(path.join(tmpdir(), 'shopstream-test-'));
  // Tests put folders of other users into it: they have to pass, and nobody has to look around.
  chmodSync(folder, 0o711);
  leaveNothingBehind(folder);
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
  const given = process.env.TEST_DATABASE_URL;
  if (given !== undefined) {
    project.provide('databaseUrl', given);
    return undefined;
  }
  const server = await startEmbeddedPostgres(
    path.join(folder, 'server'),
    await freePort(),
    createLog('postgres', 'warn', false),
  );
  project.provide('databaseUrl', server.url);
  return () => server.stop();
}
