// What kafkajs 2.2.4 makes for its producers and consumers and shows to nobody: the connections to a cluster.

import type { Kafka } from 'kafkajs';

const CREATE_CLUSTER = 'private:Kafka:createCluster';

export type ClusterOptions = { readonly allowAutoTopicCreation: boolean; readonly metadataMaxAge: number };

/**
 * What makes clusters for a client, and the name under which the client has it.
 * @typeParam Cluster as far as the caller uses it (kafkajs, cluster/index.js)
 */
export function clusterMaker<Cluster>(
  kafka: Kafka,
): readonly [create: (options: ClusterOptions) => Cluster, name: symbol] {
  const name = Object.getOwnPropertySymbols(kafka).find(({ description }) => description === CREATE_CLUSTER);
  const create: unknown = name === undefined ? undefined : Reflect.get(kafka, name);
  if (name === undefined || typeof create !== 'function')
    throw new Error('this kafkajs makes its clusters in another way');
  return [(options) => create.call(kafka, options), name];
}
