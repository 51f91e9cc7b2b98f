// The partition of a key, as Kafka's Java client chooses it, so that other producers put a visitor's events into the same
// partition. kafkajs 2.2.4 computes the same with integers that grow with the key (partitioners/default/murmur2.js): that takes
// ten to twenty times as long for an id, and blocks the process for minutes for a key of 250 kB.

import { type ICustomPartitioner, Partitioners } from 'kafkajs';

const SEED = 0x9747b28c;
const MIX = 0x5bd1e995;

/**
 * @param key text is hashed as UTF-8
 * @param partitions 1 or more
 * @returns 0 to partitions - 1
 */
export function partitionOf(key: string | Buffer, partitions: number): number {
  return (murmur2(typeof key === 'string' ? Buffer.from(key) : key) & 0x7fffffff) % partitions;
}

/** The partitioner of producers: `partitionOf` where a message has a key and no partition, otherwise kafkajs's own. */
export const partitionByKey: ICustomPartitioner = () => {
  const withoutKey = Partitioners.DefaultPartitioner();
  return (args) => {
    const { key, partition } = args.message;
    if (key === null || key === undefined || typeof partition === 'number') return withoutKey(args);
    return partitionOf(key, args.partitionMetadata.length);
  };
};

/** MurmurHash2 with Kafka's seed, as org.apache.kafka.common.utils.Utils has it. */
function murmur2(bytes: Buffer): number {
  const rest = bytes.length % 4;
  const whole = bytes.length - rest;
  let hash = SEED ^ bytes.length;
  for (let at = 0; at < whole; at += 4) {
    let word = Math.imul(bytes.readInt32LE(at), MIX);
    word = Math.imul(word ^ (word >>> 24), MIX);
    hash = Math.imul(hash, MIX) ^ word;
  }
  if (rest > 0) hash = Math.imul(hash ^ bytes.readUIntLE(whole, rest), MIX);
  hash = Math.imul(hash ^ (hash >>> 13), MIX);
  return hash ^ (hash >>> 15);
}
