// Clicks for the examples that count them per minute and category, and a plain recount.

import { execFile } from 'node:child_process';
import { cpSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../../src/runtime/paths.ts';
import { runs } from '../real-kafka/apache-kafka.ts';
import { eventually, temporaryFolder, testKafka } from '../support/line.ts';

const BEGIN = Date.UTC(2026, 2, 10, 12);
const CATEGORIES = ['clothes', 'sneakers', 'electronics'] as const;
export const CLICKS = 'enriched-click-data';

export type Click = {
  /** Milliseconds since 1970. */
  readonly original_timestamp: number;
  readonly userId: string;
  readonly category: string;
};

/** `count` clicks, one every seven seconds, the first as many before them as `first` says. */
export function clicksFrom(first: number, count: number): Click[] {
  return Array.from({ length: count }, (_, n) => ({
    original_timestamp: BEGIN + (first + n) * 7_000,
    userId: `visitor-${n % 5}`,
    category: CATEGORIES[(first + n) % 3] ?? '',
  }));
}

/** Counts by "category minute". */
export function countsOf(clicks: readonly Click[]): Record<string, number> {
  const minutes: Record<string, number> = {};
  for (const { category, original_timestamp } of clicks) {
    const key = `${category} ${new Date(original_timestamp).toISOString().slice(0, 16)}:00Z`;
    minutes[key] = (minutes[key] ?? 0) + 1;
  }
  return minutes;
}

export async function makeTopics(port: number, topics: readonly string[], numPartitions = 2): Promise<void> {
  const admin = testKafka(port).admin();
  await admin.connect();
  await admin.createTopics({ topics: topics.map((topic) => ({ topic, numPartitions })) });
  await admin.disconnect();
}

export async function sendClicks(port: number, clicks: readonly Click[]): Promise<void> {
  const producer = testKafka(port).producer();
  await producer.connect();
  await producer.send({
    topic: CLICKS,
    messages: clicks.map((click) => ({ key: click.userId, value: JSON.stringify(click) })),
  });
  await producer.disconnect();
}

/** Reads a topic's counts until they are those expected; resolves with the last count of each key. */
export async function countsOn(
  port: number,
  topic: string,
  expected: Readonly<Record<string, number>>,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const consumer = testKafka(port).consumer({ groupId: `counts-of-${topic}-${Date.now()}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => {
      counts[String(message.key)] = Number(String(message.value));
    },
  });
  await eventually(() => Object.entries(expected).every(([key, count]) => counts[key] === count), 120);
  await consumer.disconnect();
  return counts;
}

/** What is missing to build an example by Maven; null if nothing is. */
export function mavenMissing(): string | null {
  if (process.env.KAFKA_FETCH !== '1') return 'KAFKA_FETCH=1 fetches it by Maven';
  const tools = [
    ['javac', '-version'],
    ['mvn', '--version'],
  ] as const;
  const tool = tools.find(([command, version]) => !runs(command, [version]));
  return tool ? `${tool[0]} is not installed` : null;
}

/** Copies an example and builds it there by Maven; resolves with its folder. */
export async function builtExample(name: string, goals: readonly string[]): Promise<string> {
  const folder = path.join(temporaryFolder(), name);
  cpSync(path.join(packageRoot, 'examples', name), folder, { recursive: true });
  await promisify(execFile)('mvn', ['-q', '-B', ...goals], { cwd: folder });
  return folder;
}
