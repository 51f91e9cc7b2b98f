// The conformance suite: requests as bytes, npm's clients, and clients of other makers. docs/broker.md lists the differences
// between the embedded broker and Apache Kafka.

import { afterAll, beforeAll, describe, test } from 'vitest';
import { admin } from './admin.ts';
import type { Client } from './client.ts';
import { compaction } from './compaction.ts';
import { groups } from './groups.ts';
import { kafkajsTransactions } from './kafkajs-transactions.ts';
import { log } from './log.ts';
import { oneNode } from './one-node.ts';
import { pairs } from './pairs.ts';
import { platformatic } from './platformatic.ts';
import { refusals } from './refusals.ts';
import type { Running, Target } from './targets.ts';
import { topics } from './topics.ts';
import { transactionalIds } from './transactional-ids.ts';
import { transactionalOffsets } from './transactional-offsets.ts';
import { transactions } from './transactions.ts';

/** Starts a broker for the tests of a `describe`; its port, once they run. */
export function started({ start }: Target): () => number {
  let running: Running | undefined;
  beforeAll(async () => {
    running = await start();
  }, 240_000);
  afterAll(() => running?.stop());
  return () => running?.port ?? 0;
}

/** The tests of a broker; where it cannot run, one that is skipped and says why. */
export function whereItRuns(target: Target, tests: () => void): void {
  describe(target.name, () => {
    const reason = target.missing();
    if (reason === null) return tests();
    test(`${target.name} conforms`, (ctx) => {
      console.warn(`SKIPPED: ${reason}`);
      ctx.skip(reason);
    });
  });
}

/** What needs nothing but npm's packages. */
export function protocol(port: () => number): void {
  describe('log', () => log(port));
  describe('compaction', () => compaction(port));
  describe('topics', () => topics(port));
  describe('groups', () => groups(port));
  describe('admin', () => admin(port));
  describe('one node', () => oneNode(port));
  describe('transactions', () => transactions(port));
  describe('transactional offsets', () => transactionalOffsets(port));
  describe('transactional ids', () => transactionalIds(port));
  describe('kafkajs', () => kafkajsTransactions(port));
  describe('@platformatic/kafka', () => platformatic(port));
  describe('refusals', () => refusals(port));
}

/** Each of these clients reads what each has written. */
export function understanding(port: () => number, clients: readonly Client[]): void {
  describe('clients understand each other', () => pairs(port, clients));
}
