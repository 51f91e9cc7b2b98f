// Access to a private method of kafkajs 2.2.4: the one that creates the connections to a cluster for its producers and consumers.

import type { Kafka } from 'kafkajs';

const CREATE_CLUSTER = 'private:Kafka:createCluster';

export type ClusterOptions = { readonly allowAutoTopicCreation: boolean; readonly metadataMaxAge: number };

/**
 * The method that creates a client's clusters, and its name.
 * @typeParam Cluster the part of kafkajs's cluster/index.js that the caller uses
 */
export function clusterMaker<Cluster>(
  kafka: Kafka,
): readonly [create: (options: ClusterOptions) => Cluster, name: symbol] {
  const name = Object.getOwnPropertySymbols(kafka).find(({ description }) => description === CREATE_CLUSTER);
  const create: unknown = name === undefined ? undefined : Reflect.get(kafka, name);
  if (name === undefined || typeof create !== 'function')
    throw new Error(`this version of kafkajs has no method ${CREATE_CLUSTER}`);
  return [(options) => create.call(kafka, options), name];
}
