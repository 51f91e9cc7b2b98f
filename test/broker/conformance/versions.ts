// Every version of every API that the broker and Apache Kafka's Java client both speak: asked and read by the codecs of
// that client (EveryVersion.java), each answer to its last byte.

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { APIS } from '../../../src/broker/api/apis.ts';
import { FAST_START, type Release } from '../../real-kafka/apache-kafka.ts';
import { run } from './client.ts';

const PROGRAM = join(import.meta.dirname, 'EveryVersion.java');

/** The error codes that the answers of an API carry, all versions of the embedded broker together. */
const ERRORS: Readonly<Record<string, readonly number[]>> = {
  ApiVersions: [0],
  Metadata: [0],
  Produce: [0],
  Fetch: [0],
  ListOffsets: [0],
  OffsetForLeaderEpoch: [0],
  FindCoordinator: [0],
  OffsetCommit: [0],
  OffsetFetch: [0],
  JoinGroup: [0, 79], // v4 is sent back for its id
  Heartbeat: [25],
  LeaveGroup: [0, 25], // from v3 on the member has an error of its own
  SyncGroup: [25],
  DescribeGroups: [0],
  ListGroups: [0],
  InitProducerId: [0],
  AddPartitionsToTxn: [0, 49], // of an id that nobody has; the whole has no error
  AddOffsetsToTxn: [49],
  TxnOffsetCommit: [49],
  EndTxn: [49],
  WriteTxnMarkers: [3],
  DescribeTransactions: [105],
  ListTransactions: [0],
  SaslHandshake: [34],
  DescribeTopicPartitions: [0],
  DescribeProducers: [0],
  DescribeConfigs: [0],
  IncrementalAlterConfigs: [0],
  AlterConfigs: [0],
  CreatePartitions: [0],
  CreateTopics: [0],
  DeleteRecords: [0],
  DescribeLogDirs: [0],
  DescribeCluster: [0],
  OffsetDelete: [0],
  ElectLeaders: [0, 84], // the partition has its leader
  AlterPartitionReassignments: [0, 85], // none is under way that could be cancelled
  ListPartitionReassignments: [0],
  DescribeClientQuotas: [0],
  DescribeUserScramCredentials: [0, 91],
  DescribeQuorum: [0],
  ListConfigResources: [0],
  DescribeAcls: [54],
  CreateAcls: [54],
  DeleteAcls: [54],
  DeleteGroups: [69],
  DeleteTopics: [0, 3], // v6 deletes the topic by its id, the others one that is not there
};

type Answer = {
  readonly api: string;
  readonly version: number;
  readonly left: number;
  readonly read: string;
};

function answerOf(line: string): Answer {
  const [api = '', version, left, read = ''] = line.split('\t');
  return { api, version: Number(version), left: Number(left), read };
}

function errorsOf(answers: readonly Answer[]): number[] {
  const codes = answers.flatMap(({ read }) =>
    [...read.matchAll(/\b(?:e|partitionE)rrorCode=(-?\d+)/g)].map((m) => Number(m[1])),
  );
  return [...new Set(codes)].sort((a, b) => a - b);
}

export function versions(port: () => number, { classPath, missing: missingFrom }: Release): void {
  test("every version of every API is read to its last byte by Apache Kafka's own codecs", {
    timeout: 120_000,
  }, async (ctx) => {
    const missing = missingFrom();
    if (missing !== null) {
      console.warn(`SKIPPED: ${missing}`);
      ctx.skip(missing);
    }
    const printed = await run('java', [...FAST_START, '-cp', classPath, PROGRAM, String(port())]);
    const answers = printed.trim().split('\n').map(answerOf);
    expect(answers.filter(({ left }) => left !== 0)).toEqual([]);
    const of = (api: string) => answers.filter((answer) => answer.api === api);
    expect(Object.keys(ERRORS).sort()).toEqual(APIS.map(({ name }) => name).sort());
    for (const { name, max } of APIS) {
      const spokenByBoth = of(name).filter(({ version }) => version <= max);
      expect(errorsOf(spokenByBoth), name).toEqual(ERRORS[name]);
    }
    expect(of('Fetch').filter(({ read }) => !/records=MemoryRecords\(size=[1-9]/.test(read))).toEqual([]);
    const committed = of('OffsetFetch').map(({ read }) => /committedOffset=(\d+)/.exec(read)?.[1]);
    expect(new Set(committed)).toEqual(new Set([String(of('OffsetCommit').at(-1)?.version)]));
  });
}
