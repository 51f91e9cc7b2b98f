// How a member of a consumer group is set up: what it fetches at once, and what it tells the group of itself and how often.

import type { ConsumerConfig } from 'kafkajs';

/** The group reassigns a killed process's partitions after this; Kafka allows no less than 6 s. */
export const SESSION_MS = 10_000;
const HEARTBEAT_MS = 3_000;
/** Bytes of a partition that are fetched at once: what is in hand decides the memory. */
const FETCH_BYTES = 1024 * 1024;
/** kafkajs heartbeats when a fetch is over, and an idle program wakes for each, here and in the broker. */
const FETCH_WAIT_MS = 5_000;
/** How soon partitions that somebody adds are seen; kafkajs's own 5 min would leave their records lying for as long. */
const METADATA_MS = 15_000;
const LONGEST_PAUSE_MS = 5_000;

/** kafkajs's settings of a member, which tries again for as long as it is not stopped. */
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
