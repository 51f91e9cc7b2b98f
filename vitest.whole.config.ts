// npm run test:whole: whole matrices, long play-throughs and what is killed and started again, of which npm test has a small form.

import { defineConfig } from 'vitest/config';
import shared from './vitest.config.ts';

export default defineConfig({
  // Most of these start whole programs.
  test: { ...shared.test, include: ['test/**/*.whole.test.ts'], exclude: [], maxWorkers: 4 },
});
