// kafkajs's settings of a consumer group member: its timeouts, and how much it fetches.

import type { ConsumerConfig } from 'kafkajs';

/** The group reassigns a killed process's partitions after this; Kafka allows no less than 6 s. */
export const SESSION_MS = 10_000;
const HEARTBEAT_MS = 3_000;
/** Bytes of a partition per fetch, which bound the memory of the batches in hand. */
const FETCH_BYTES = 1024 * 1024;
/** kafkajs sends a heartbeat after each fetch: a longer wait lets an idle program and its broker sleep. */
const FETCH_WAIT_MS = 5_000;
/** How soon added partitions are read; with kafkajs's default their records would wait for 5 min. */
const METADATA_MS = 15_000;
const LONGEST_PAUSE_MS = 5_000;

/** The settings of a member that retries until it is stopped. */
export const memberOf = (groupId: string): ConsumerConfig => ({
  groupId,
  maxBytesPerPartition: FETCH_BYTES,
  maxWaitTimeInMs: FETCH_WAIT_MS,
  sessionTimeout: SESSION_MS,
  heartbeatInterval: HEARTBEAT_MS,
  metadataMaxAge: METADATA_MS,
  allowAutoTopicCreation: false,
  retry: { initialRetryTime: 100, maxRetryTime: LONGEST_PAUSE_MS, retries: Number.MAX_SAFE_INTEGER },
});
