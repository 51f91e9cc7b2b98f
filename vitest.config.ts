import { defineConfig } from 'vitest/config';

// Every test file runs in a process of its own, side by side. Each makes its own database, topic and data
// folder, so that none can see another's rows.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    // Most tests wait for processes and sockets more than they compute: one more at a time than two cores.
    maxWorkers: 3,
    // Generous, as a machine may be busy with other work: what hangs is found all the same.
    testTimeout: 90_000,
    hookTimeout: 120_000,
  },
});
