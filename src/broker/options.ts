// The broker's options with defaults and bounds. Where Apache Kafka has the setting, name and default follow it; docs/broker.md
// lists the differences.

import { optionInvalid } from './errors.ts';

/** The part of a pino logger that the broker uses; any object of this shape will do. */
export type BrokerLog = {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
};

export type BrokerOptions = {
  /** Folder of the log, created if absent; used by one broker at a time. */
  dataDir: string;
  /** Address to listen on. Default 127.0.0.1. */
  host?: string;
  /** Port to listen on; 0 picks a free one. Default 9092. */
  port?: number;
  /** Host that clients are told to connect to. Default: the address at which each client reached the broker. */
  advertisedHost?: string;
  /** Where the broker reports; silent by default. */
  log?: BrokerLog;

  /** Whether a topic is created when a client asks for its metadata. Default true. */
  autoCreateTopics?: boolean;
  /** Partitions of a topic created without a number. Default 1. */
  defaultPartitions?: number;
  /** Partitions of all topics together; each holds open files. Default 2,000. */
  maxPartitions?: number;
  /** Largest record batch, bytes. Default 1,048,588, as Apache Kafka. */
  maxMessageBytes?: number;

  /** A segment is closed at this size, bytes. Default 64 MiB. */
  segmentBytes?: number;
  /** A segment is closed at this age, ms. Default 7 days. */
  segmentMs?: number;
  /** Records older than this are deleted with their segment, ms; −1 keeps them. Default 7 days. */
  retentionMs?: number;
  /** The oldest segments of a partition are deleted as long as the others have this size, bytes; −1 keeps them. Default −1. */
  retentionBytes?: number;
  /** Interval of retention checks, ms. Default 60,000. */
  retentionCheckMs?: number;
  /** Interval of compaction checks, ms. Default 15,000. */
  compactionCheckMs?: number;
  /** Committed offsets of an empty group are deleted after this time, ms. Default 7 days. */
  offsetsRetentionMs?: number;
  /**
   * When appended data is synced to the disk, ms: 0 before each acknowledgement, n every n ms, −1 when a segment or the broker
   * is closed. Default −1: an acknowledged batch survives a kill of the process at any moment, and a power failure only once
   * the operating system has written it back.
   */
  fsyncMs?: number;

  /** Largest transaction timeout that a client may request, ms. Default 15 minutes. */
  transactionMaxTimeoutMs?: number;
  /** A transactional id without an open transaction is forgotten after this time, ms. Default 7 days. */
  transactionalIdExpirationMs?: number;
  /** Memory limit of transactional ids and open transactions, bytes. Default 96 MiB: more than 100,000 open at a time. */
  maxTransactionBytes?: number;

  /** Largest request, bytes; a larger one closes its connection. Default 100 MiB. */
  maxFrameBytes?: number;
  /** Limit of open connections; one more is closed at once. Default 1,000. */
  maxConnections?: number;
  /** Memory limit of large requests and responses in flight, bytes. Default 256 MiB. */
  maxMemoryBytes?: number;
  /** Largest fetch response, bytes, whatever the client requests. Default 16 MiB. */
  maxFetchBytes?: number;
  /** A connection without traffic is closed after this time, ms. Default 10 minutes. */
  idleTimeoutMs?: number;
  /** A connection that stops in the middle of a frame, either way, is closed after this time, ms. Default 30 s. */
  stallTimeoutMs?: number;

  /** Bounds of a member's session timeout, ms. Defaults 6,000 and 1,800,000. */
  groupMinSessionTimeoutMs?: number;
  groupMaxSessionTimeoutMs?: number;
  /** Limit of the members of a group. Default 1,000. */
  groupMaxSize?: number;
  /** Limit of the groups. Default 10,000. */
  maxGroups?: number;
  /** Memory limit of all groups: committed offsets, and the members' metadata, assignments and ids. Default 256 MiB. */
  maxGroupBytes?: number;
  /** How long a new group waits for more members before its first rebalance ends, ms. Default 0. */
  groupInitialRebalanceDelayMs?: number;
};

export type Settings = Required<Omit<BrokerOptions, 'advertisedHost' | 'log'>> & {
  advertisedHost: string | null;
  log: BrokerLog;
};

const DAY = 86_400_000;
const MIB = 1024 * 1024;
const nothing = () => {};
/** A log that drops every message. */
export const SILENT: BrokerLog = { debug: nothing, info: nothing, warn: nothing, error: nothing };

// name: [default, lowest, highest]
const NUMBERS = {
  port: [9092, 0, 65_535],
  defaultPartitions: [1, 1, 10_000],
  maxPartitions: [2000, 1, 1_000_000],
  maxMessageBytes: [1_048_588, 64, 1024 * MIB],
  segmentBytes: [64 * MIB, 1024, 2047 * MIB],
  segmentMs: [7 * DAY, 1, Number.MAX_SAFE_INTEGER],
  retentionMs: [7 * DAY, -1, Number.MAX_SAFE_INTEGER],
  retentionBytes: [-1, -1, Number.MAX_SAFE_INTEGER],
  retentionCheckMs: [60_000, 10, 2 ** 31 - 1],
  compactionCheckMs: [15_000, 10, 2 ** 31 - 1],
  offsetsRetentionMs: [7 * DAY, 1, Number.MAX_SAFE_INTEGER],
  fsyncMs: [-1, -1, 2 ** 31 - 1],
  transactionMaxTimeoutMs: [900_000, 1, 2 ** 31 - 1],
  transactionalIdExpirationMs: [7 * DAY, 1, Number.MAX_SAFE_INTEGER],
  maxTransactionBytes: [96 * MIB, 1024, Number.MAX_SAFE_INTEGER],
  maxFrameBytes: [100 * MIB, 1024, 1024 * MIB],
  maxConnections: [1000, 1, 100_000],
  maxMemoryBytes: [256 * MIB, 1024, Number.MAX_SAFE_INTEGER],
  maxFetchBytes: [16 * MIB, 1024, 1024 * MIB],
  idleTimeoutMs: [600_000, 10, 2 ** 31 - 1],
  stallTimeoutMs: [30_000, 10, 2 ** 31 - 1],
  groupMinSessionTimeoutMs: [6000, 1, 2 ** 31 - 1],
  groupMaxSessionTimeoutMs: [1_800_000, 1, 2 ** 31 - 1],
  groupMaxSize: [1000, 1, 100_000],
  maxGroups: [10_000, 1, 10_000_000],
  maxGroupBytes: [256 * MIB, 1024, Number.MAX_SAFE_INTEGER],
  groupInitialRebalanceDelayMs: [0, 0, 2 ** 31 - 1],
} as const satisfies Partial<Record<keyof BrokerOptions, readonly [number, number, number]>>;

type NumberName = keyof typeof NUMBERS;

function numbers(options: BrokerOptions): Record<NumberName, number> {
  const names = Object.keys(NUMBERS) as NumberName[];
  const entries = names.map((name): [NumberName, number] => {
    const [otherwise, lowest, highest] = NUMBERS[name];
    const value = options[name] ?? otherwise;
    if (!Number.isSafeInteger(value) || value < lowest || value > highest) {
      throw optionInvalid(name, value, `an integer from ${lowest} to ${highest}`);
    }
    return [name, value];
  });
  return Object.fromEntries(entries) as Record<NumberName, number>;
}

/** Fills in defaults; throws BROKER_OPTION_INVALID for a value that is out of its bounds. */
export function parseOptions(options: BrokerOptions): Settings {
  if (typeof options.dataDir !== 'string' || options.dataDir === '') {
    throw optionInvalid('dataDir', options.dataDir, 'a folder');
  }
  const settings = {
    ...numbers(options),
    dataDir: options.dataDir,
    host: options.host ?? '127.0.0.1',
    advertisedHost: options.advertisedHost ?? null,
    autoCreateTopics: options.autoCreateTopics ?? true,
    log: options.log ?? SILENT,
  };
  if (settings.maxMemoryBytes < settings.maxFrameBytes) {
    throw optionInvalid('maxMemoryBytes', settings.maxMemoryBytes, 'at least maxFrameBytes');
  }
  return settings;
}
