// Runs for each test file, before it.

import { afterAll, beforeEach, onTestFailed } from 'vitest';
import { cleanUp, noteFailure } from './after-file.ts';

beforeEach(() => {
  onTestFailed(noteFailure);
});
afterAll(cleanUp);
