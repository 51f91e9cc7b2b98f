// The errors that Java's clients and tools get where the embedded broker supports less than Apache Kafka.

import { join } from 'node:path';
import { expect, type TestContext, test } from 'vitest';
import { FAST_START, type Release } from '../../real-kafka/apache-kafka.ts';
import { wireClient } from '../wire-client.ts';
import { run } from './client.ts';
import { javaTool } from './java-client.ts';
import { newTopic } from './ready.ts';

const PROGRAM = join(import.meta.dirname, 'NewGroups.java');

export function javaDifferences(port: () => number, release: Release): void {
  const timeout = 120_000;
  const needs = (ctx: TestContext, missing: string | null) => {
    if (missing === null) return;
    console.warn(`SKIPPED: ${missing}`);
    ctx.skip(missing);
  };

  test('a consumer of the newer group protocol, and a share consumer, are told what the broker lacks', {
    timeout,
  }, async (ctx) => {
    needs(ctx, release.missing());
    const topic = await newTopic(await wireClient(port()));
    const args = [...FAST_START, '-cp', release.classPath, PROGRAM, String(port()), topic];
    const told = (await run('java', args)).trim().split('\n');
    expect(told).toEqual([
      expect.stringMatching(/^consumer\tUnsupportedVersionException: .*group\.protocol=classic/),
      expect.stringMatching(/^share\tUnsupportedVersionException: .*share group protocol/),
    ]);
  });

  test("ConfigCommand shows the broker's settings, and is told that they are those of its start", {
    timeout,
  }, async (ctx) => {
    needs(ctx, release.missing());
    const config = (...args: string[]) =>
      javaTool(release, 'ConfigCommand', port(), ['--entity-type', 'brokers', '--entity-name', '0', ...args]);
    expect((await config('--describe')).trim()).toBe('Dynamic configs for broker 0 are:');
    expect(await config('--describe', '--all')).toContain('num.partitions=');
    const alter = config('--alter', '--add-config', 'log.retention.ms=1000');
    await expect(alter).rejects.toThrow("the broker's own settings are those of its start");
  });
}
