// npm run test:engines: the tests that need brokers, stream engines and clients of other makers, and are no part of npm test.
// What this machine lacks is skipped and said so; .ci/run installs all of it.

import { defineConfig } from 'vitest/config';
import shared from './vitest.config.ts';

export default defineConfig({
  // These compute: Java above all.
  test: { ...shared.test, include: ['test/**/*.engine.test.ts'], exclude: [], maxWorkers: 3 },
});
