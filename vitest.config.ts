import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

// Test files run side by side, one after another in each worker, which keeps the program's modules: loading them would take
// longer than most tests. Each file makes its own database, topic and data folder, so that none can see another's rows, and
// support/setup.ts clears away after each.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // npm run test:engines, and npm run test:whole.
    exclude: ['test/**/*.{engine,whole}.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/setup.ts'],
    pool: 'forks',
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // Most tests wait for processes and sockets more than they compute: more of them at a time than cores.
    maxWorkers: 8,
    // Generous, as a machine may be busy with other work: what hangs is found all the same.
    expect: { poll: { timeout: 90_000 } },
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
});
