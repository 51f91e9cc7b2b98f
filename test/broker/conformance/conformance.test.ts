// One suite, two brokers: what is said of the embedded broker here is also true of Apache Kafka, and is shown
// by clients that nobody here wrote. Where the two differ on purpose: docs/broker.md.

import { afterAll, beforeAll, describe, test } from 'vitest';
import { admin } from './admin.ts';
import { groups } from './groups.ts';
import { javaTools } from './java-tools.ts';
import { kafkajsTransactions } from './kafkajs-transactions.ts';
import { log } from './log.ts';
import { pairs } from './pairs.ts';
import { platformatic } from './platformatic.ts';
import { refusals } from './refusals.ts';
import { type Running, TARGETS } from './targets.ts';
import { topics } from './topics.ts';
import { transactions } from './transactions.ts';
import { versions } from './versions.ts';

describe.each(TARGETS)('$name', ({ name, missing, start }) => {
  const reason = missing();
  if (reason !== null) {
    test(`${name} conforms`, (ctx) => {
      console.warn(`SKIPPED: ${reason}`);
      ctx.skip(reason);
    });
    return;
  }
  let running: Running | undefined;
  beforeAll(async () => {
    running = await start();
  }, 120_000);
  afterAll(() => running?.stop());
  const port = () => running?.port ?? 0;

  describe('log', () => log(port));
  describe('topics', () => topics(port));
  describe('groups', () => groups(port));
  describe('admin', () => admin(port));
  describe('transactions', () => transactions(port));
  describe('kafkajs', () => kafkajsTransactions(port));
  describe('@platformatic/kafka', () => platformatic(port));
  describe('versions', () => versions(port));
  describe('refusals', () => refusals(port));
  describe('console tools', () => javaTools(port));
  describe('clients understand each other', () => pairs(port));
});
