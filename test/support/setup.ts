// Runs for each test file, before it.

import { afterAll, beforeEach, onTestFailed } from 'vitest';
import { restIdleConnections } from '../../src/kafka/idle-queue.ts';
import { passUndecodableBatches } from '../../src/kafka/undecodable-batch.ts';
import { cleanUp, noteFailure } from './after-file.ts';

// Before the first file of this worker makes a connection, also where that one uses kafkajs as it is.
passUndecodableBatches();
restIdleConnections();

beforeEach(() => {
  onTestFailed(noteFailure);
});
afterAll(cleanUp);
