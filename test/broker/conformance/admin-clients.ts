// Administration and transactions by clients of other makers: each makes every call that it has; what the calls changed is looked at
// by another client.

import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { commitOffset, committedOffsets, SIMPLE } from '../group-requests.ts';
import { batch, listOffset, produce } from '../requests.ts';
import { adminAt } from '../running-broker.ts';
import { addPartitions, endTransaction, newProducer, produceInTransaction } from '../transaction-requests.ts';
import { wireClient } from '../wire-client.ts';
import { run } from './client.ts';
import { goClient, PROGRAM } from './go-client.ts';
import {
  ADMIN_SCRIPT,
  aiokafkaClient,
  NEWEST,
  newConfluentClient,
  newKafkaPythonClient,
} from './python-clients.ts';
import { newGroup, newTopic } from './ready.ts';

const TOPIC = 2;
const EARLIEST = -2;
const timeout = 120_000;

const python = (library: string) => (action: string, port: number, names: readonly string[]) =>
  run(NEWEST, [ADMIN_SCRIPT, library, action, String(port), ...names]);

/** What a client has no call for is not asked of it. */
const CLIENTS = [
  {
    client: newKafkaPythonClient,
    act: python('kafka-python'),
    altersOneByOne: true,
    keepsSettings: true, // as a whole, it sends again what was set
    deletesGroups: true,
    looksInside: true,
  },
  {
    client: newConfluentClient,
    act: python('confluent-kafka'),
    altersOneByOne: true,
    keepsSettings: false,
    deletesGroups: true,
    looksInside: false,
  },
  {
    client: aiokafkaClient,
    act: python('aiokafka'),
    altersOneByOne: false,
    keepsSettings: false,
    deletesGroups: false,
    looksInside: false,
  },
  {
    client: goClient,
    act: (action: string, port: number, names: readonly string[]) =>
      run(PROGRAM, [action, String(port), ...names]),
    altersOneByOne: true,
    keepsSettings: false,
    deletesGroups: true,
    looksInside: true,
  },
] as const;

export function adminClients(port: () => number): void {
  for (const { client, act, altersOneByOne, keepsSettings, deletesGroups, looksInside } of CLIENTS) {
    const missing = client.missing();

    test(`${client.name} administers topics, records and groups`, { timeout }, async (ctx) => {
      if (missing !== null) ctx.skip(missing);
      const wire = await wireClient(port());
      const before = { configs: [['retention.ms', '111111'] as const] };
      const [topic, other] = [await newTopic(wire), await newTopic(wire, before)];
      const group = await newGroup(wire);
      for (const value of ['a', 'b', 'c']) await produce(wire, topic, batch({ values: [value] }));
      for (const name of [topic, other]) await commitOffset(wire, group, SIMPLE, name, 1);
      const open = await newProducer(wire, `transactional-${randomUUID()}`, 60_000);
      await addPartitions(wire, open, other);
      await produceInTransaction(wire, open, other, 0, ['open']);

      const seen = JSON.parse(await act('admin', port(), [topic, other, group]));
      expect(seen).toMatchObject({ brokers: 1, lowWatermark: 2 });
      if (looksInside) {
        expect(seen.logBytes).toBeGreaterThan(0);
        expect(seen.offsetsLeft).toEqual([other]);
        expect(seen.producers).toEqual([open.producerId]);
        expect(seen.transactions).toContain(open.transactionalId);
      }
      expect((await listOffset(wire, topic, EARLIEST)).offset).toBe(2);
      await expect.poll(async () => (await produce(wire, topic, batch(), 2)).error).toBe(ErrorCode.NONE);
      const left = (await committedOffsets(wire, group, null)).size;
      expect(left).toBe(deletesGroups ? 0 : 2);
      const settings = await settingsOf(port(), [topic, other]);
      if (altersOneByOne) expect(settings.get(`${topic} retention.ms`)).toBe('123456');
      expect(settings.get(`${other} segment.bytes`)).toBe('2000000');
      expect(settings.get(`${other} retention.ms`) === '111111').toBe(keepsSettings);
      expect(await endTransaction(wire, open, false)).toBe(ErrorCode.NONE);
    });

    test(`${client.name} aborts a transaction, and commits one with offsets`, { timeout }, async (ctx) => {
      if (missing !== null) ctx.skip(missing);
      const wire = await wireClient(port());
      const [source, target, group] = [await newTopic(wire), await newTopic(wire), await newGroup(wire)];
      await produce(wire, source, batch({ values: ['a', 'b'] }));
      expect(JSON.parse(await act('transact', port(), [source, target, group]))).toBe('committed');
      expect((await committedOffsets(wire, group, [source])).get(source)?.offset).toBe(2);
      expect((await listOffset(wire, target, -1, true)).offset).toBe(4); // two records, each with its marker
    });
  }
}

/** The settings of topics, by "topic name". */
async function settingsOf(port: number, topics: readonly string[]): Promise<Map<string, string>> {
  const admin = await adminAt(port);
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map((name) => ({ type: TOPIC, name })),
  });
  return new Map(
    resources.flatMap(({ resourceName, configEntries }) =>
      configEntries.map(
        ({ configName, configValue }) => [`${resourceName} ${configName}`, configValue] as const,
      ),
    ),
  );
}
