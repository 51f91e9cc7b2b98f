// Apache Kafka answers some requests only a moment after what they need was made; these wait for that.

import { randomUUID } from 'node:crypto';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { heartbeat } from '../group-requests.ts';
import { createTopic, listOffset, type TopicOptions } from '../requests.ts';
import type { WireClient } from '../wire-client.ts';

const PATIENCE_MS = 20_000;

async function until(isReady: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await isReady())) {
    if (Date.now() > deadline) throw new Error(`not ready within ${PATIENCE_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A new topic that can be written. */
export async function newTopic(client: WireClient, options: TopicOptions = {}): Promise<string> {
  const name = `topic-${randomUUID()}`;
  const error = await createTopic(client, name, options);
  if (error !== 0) throw new Error(`expected a new topic, got error ${error}`);
  await until(async () => (await listOffset(client, name, -1)).error === 0);
  return name;
}

/** A new group whose coordinator is there. */
export async function newGroup(client: WireClient): Promise<string> {
  const name = `group-${randomUUID()}`;
  await client.ask(10, 2, (w) => w.string(name).int8(0)); // the first search for a coordinator makes it
  const nobody = { memberId: 'nobody', generation: 0 };
  await until(async () => (await heartbeat(client, name, nobody)) === ErrorCode.UNKNOWN_MEMBER_ID);
  return name;
}
