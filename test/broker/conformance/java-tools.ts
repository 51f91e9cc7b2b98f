// Apache Kafka's own command-line tools, as an administrator would use them.

import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type TestContext, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import type { Release } from '../../real-kafka/apache-kafka.ts';
import { commitOffset, committedOffsets, SIMPLE } from '../group-requests.ts';
import { batch, listOffset, produce } from '../requests.ts';
import { testFolder } from '../running-broker.ts';
import { addPartitions, endTransaction, newProducer, produceInTransaction } from '../transaction-requests.ts';
import { wireClient } from '../wire-client.ts';
import { javaTool as toolOf } from './java-client.ts';
import { newGroup, newTopic } from './ready.ts';

export function javaTools(port: () => number, release: Release): void {
  const timeout = 120_000;
  const needsJava = (ctx: TestContext) => {
    const missing = release.missing();
    if (missing === null) return;
    console.warn(`SKIPPED: ${missing}`);
    ctx.skip(missing);
  };
  const javaTool = (tool: string, at: number, args: readonly string[]) => toolOf(release, tool, at, args);

  test('TopicCommand makes, describes and deletes a topic', { timeout }, async (ctx) => {
    needsJava(ctx);
    const client = await wireClient(port());
    const topic = `tool-${randomUUID()}`;
    const run = (...args: string[]) => javaTool('TopicCommand', port(), args);
    const options = ['--partitions', '3', '--config', 'retention.ms=1000'];
    expect(await run('--create', '--topic', topic, ...options)).toContain(`Created topic ${topic}`);
    const described = await run('--describe', '--topic', topic);
    expect(described).toContain('PartitionCount: 3');
    expect(described).toContain('retention.ms=1000');
    await run('--delete', '--topic', topic);
    const gone = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    await expect.poll(async () => (await listOffset(client, topic, -1)).error).toBe(gone);
  });

  test('ConsumerGroupCommand lists, shows and resets the offsets of a group', { timeout }, async (ctx) => {
    needsJava(ctx);
    const client = await wireClient(port());
    const [topic, group] = [await newTopic(client), await newGroup(client)];
    await produce(client, topic, batch({ values: ['a', 'b', 'c'] }));
    await commitOffset(client, group, SIMPLE, topic, 2);
    const run = (...args: string[]) => javaTool('consumer.group.ConsumerGroupCommand', port(), args);
    const cells = (printed: string) =>
      printed
        .split('\n')
        .find((line) => line.startsWith(group))
        ?.split(/\s+/);
    expect(await run('--list')).toContain(group);
    expect(cells(await run('--describe', '--group', group))?.slice(1, 6)).toEqual([
      topic,
      '0',
      '2',
      '3',
      '1',
    ]);
    const reset = ['--reset-offsets', '--group', group, '--topic', topic, '--to-earliest', '--execute'];
    expect(cells(await run(...reset))?.slice(1, 4)).toEqual([topic, '0', '0']);
    expect((await committedOffsets(client, group, [topic])).get(topic)?.offset).toBe(0);
  });

  test('TopicCommand adds partitions, ConfigCommand sets, shows and takes back a setting', {
    timeout,
  }, async (ctx) => {
    needsJava(ctx);
    const topic = await newTopic(await wireClient(port()));
    await javaTool('TopicCommand', port(), ['--alter', '--topic', topic, '--partitions', '4']);
    const described = () => javaTool('TopicCommand', port(), ['--describe', '--topic', topic]);
    const config = (...args: string[]) =>
      javaTool('ConfigCommand', port(), ['--entity-type', 'topics', '--entity-name', topic, ...args]);
    await config('--alter', '--add-config', 'retention.ms=123456,cleanup.policy=[compact,delete]');
    expect(await config('--describe')).toContain('retention.ms=123456 sensitive=false');
    await config('--alter', '--delete-config', 'retention.ms');
    const seen = await described();
    expect(seen).toContain('PartitionCount: 4');
    expect(seen).toMatch(/cleanup\.policy=compact,delete/);
    expect(seen).not.toContain('retention.ms');
  });

  test('DeleteRecordsCommand lets a partition start later, as GetOffsetShell shows', {
    timeout,
  }, async (ctx) => {
    needsJava(ctx);
    const client = await wireClient(port());
    const topic = await newTopic(client);
    for (const value of ['a', 'b', 'c']) await produce(client, topic, batch({ values: [value] }));
    const file = join(testFolder(), 'offsets.json');
    writeFileSync(file, JSON.stringify({ partitions: [{ topic, partition: 0, offset: 2 }], version: 1 }));
    const printed = await javaTool('DeleteRecordsCommand', port(), ['--offset-json-file', file]);
    expect(printed).toContain('low_watermark: 2');
    const earliest = await javaTool('GetOffsetShell', port(), ['--topic', topic, '--time', 'earliest']);
    expect(earliest).toContain(`${topic}:0:2`);
  });

  test('ConsumerGroupCommand deletes offsets, and a group', { timeout }, async (ctx) => {
    needsJava(ctx);
    const client = await wireClient(port());
    const [topic, other, group] = [await newTopic(client), await newTopic(client), await newGroup(client)];
    for (const name of [topic, other]) await commitOffset(client, group, SIMPLE, name, 1);
    const run = (...args: string[]) =>
      javaTool('consumer.group.ConsumerGroupCommand', port(), ['--group', group, ...args]);
    await run('--delete-offsets', '--topic', topic);
    expect([...(await committedOffsets(client, group, null)).keys()]).toEqual([other]);
    expect(await run('--delete')).toContain('was successful');
    expect(await committedOffsets(client, group, null)).toEqual(new Map());
  });

  test('LogDirsCommand tells sizes, ClusterTool the cluster', { timeout }, async (ctx) => {
    needsJava(ctx);
    const client = await wireClient(port());
    const topic = await newTopic(client);
    await produce(client, topic, batch({ values: ['x'.repeat(10_000)] }));
    const printed = await javaTool('LogDirsCommand', port(), ['--describe', '--topic-list', topic]);
    const size = new RegExp(`"partition":"${topic}-0","size":(\\d+)`).exec(printed)?.[1];
    expect(Number(size)).toBeGreaterThan(10_000);
    const cluster = ['cluster-id', '--bootstrap-server', `127.0.0.1:${port()}`];
    expect(await javaTool('ClusterTool', 0, cluster)).toMatch(/Cluster ID: [\w-]{22}/);
  });

  test('the tools of elections, moves, quorum, quotas and users have their answers', {
    timeout,
  }, async (ctx) => {
    needsJava(ctx);
    const topic = await newTopic(await wireClient(port()));
    const at = ['--topic', topic, '--partition', '0', '--election-type', 'preferred'];
    expect(await javaTool('LeaderElectionCommand', port(), at)).toContain('Valid replica already elected');
    const every = ['--all-topic-partitions', '--election-type', 'preferred'];
    expect(await javaTool('LeaderElectionCommand', port(), every)).not.toContain('Error');
    const list = await javaTool('reassign.ReassignPartitionsCommand', port(), ['--list']);
    expect(list).toContain('No partition reassignments found.');
    const quorum = (part: string) => javaTool('MetadataQuorumCommand', port(), ['describe', part]);
    const leader = /LeaderId:\s+(\d+)/.exec(await quorum('--status'))?.[1];
    expect(await quorum('--replication')).toMatch(new RegExp(`^${leader}\\s.*Leader`, 'm'));
    const config = (type: string) => javaTool('ConfigCommand', port(), ['--describe', '--entity-type', type]);
    expect((await config('clients')).trim()).toBe('');
    expect((await config('users')).trim()).toBe('');
    expect((await config('client-metrics')).trim()).toBe('');
    const group = await newGroup(await wireClient(port()));
    await commitOffset(await wireClient(port()), group, SIMPLE, topic, 0);
    expect(await config('groups')).toContain(`Dynamic configs for group ${group} are:`);
  });

  test('TransactionsCommand lists and describes a transaction, aborts what it has open, and ends its producer', {
    timeout,
  }, async (ctx) => {
    needsJava(ctx);
    const client = await wireClient(port());
    const [topic, id] = [await newTopic(client), `transactional-${randomUUID()}`];
    const producer = await newProducer(client, id, 900_000);
    await addPartitions(client, producer, topic);
    await produceInTransaction(client, producer, topic, 0, ['open']);
    const run = (...args: string[]) => javaTool('TransactionsCommand', port(), args);
    const row = (printed: string, cell: string) =>
      printed
        .split('\n')
        .map((line) => line.trim().split(/\s+/))
        .find((cells) => cells.includes(cell)) ?? [];
    expect(row(await run('list'), id)).toContain('Ongoing');
    const like = (pattern: string) => run('list', '--transactional-id-pattern', pattern);
    expect(row(await like('transact.*'), id)).toContain('Ongoing');
    expect(await like('transact')).not.toContain(id);
    expect(row(await run('describe', '--transactional-id', id), id)).toEqual(
      expect.arrayContaining(['Ongoing', `${topic}-0`]),
    );
    const where = ['--topic', topic, '--partition', '0'];
    expect(row(await run('describe-producers', ...where), String(producer.producerId)).at(-1)).toBe('0');
    const hanging = await run('find-hanging', '--topic', topic);
    expect(hanging).toContain('StartOffset');
    expect(hanging).not.toContain(topic);
    await run('abort', ...where, '--start-offset', '0');
    const stable = async () => (await listOffset(client, topic, -1, true)).offset;
    await expect.poll(stable).toBe(2);
    const next = await newProducer(client, id, 900_000);
    await addPartitions(client, next, topic);
    const { baseOffset } = await produceInTransaction(client, next, topic, 0, ['open again']);
    await run('forceTerminateTransaction', '--transactionalId', id);
    await expect.poll(stable).toBe(baseOffset + 2); // behind its marker
    expect(await endTransaction(client, next, true)).toBe(ErrorCode.PRODUCER_FENCED);
  });

  test('ProducerPerformance and ConsumerPerformance move 20,000 records', { timeout }, async (ctx) => {
    needsJava(ctx);
    const topic = `tool-${randomUUID()}`;
    const size = ['--num-records', '20000', '--record-size', '100', '--throughput', '-1'];
    const props = ['--producer-props', 'acks=all', `bootstrap.servers=127.0.0.1:${port()}`];
    expect(await javaTool('ProducerPerformance', 0, ['--topic', topic, ...size, ...props])).toContain(
      '20000 records sent',
    );
    const printed = await javaTool('ConsumerPerformance', port(), ['--topic', topic, '--messages', '20000']);
    expect(printed).toMatch(/, 20000, /);
  });
}
