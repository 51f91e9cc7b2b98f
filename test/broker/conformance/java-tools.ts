// Apache Kafka's own command-line tools, as an administrator would use them.

import { randomUUID } from 'node:crypto';
import { expect, type TestContext, test } from 'vitest';
import { apacheKafkaMissing } from '../../real-kafka/apache-kafka.ts';
import { javaTool } from './java-client.ts';

const GROUP_TOOL = 'consumer.group.ConsumerGroupCommand';

function needsJava(ctx: TestContext): void {
  const missing = apacheKafkaMissing();
  if (missing === null) return;
  console.warn(`SKIPPED: ${missing}`);
  ctx.skip(missing);
}

export function javaTools(port: () => number): void {
  const timeout = 120_000;

  test('TopicCommand makes, describes, lists and deletes a topic', { timeout }, async (ctx) => {
    needsJava(ctx);
    const topic = `tool-${randomUUID()}`;
    const run = (...args: string[]) => javaTool('TopicCommand', port(), args);
    const options = ['--partitions', '3', '--config', 'retention.ms=1000'];
    expect(await run('--create', '--topic', topic, ...options)).toContain(`Created topic ${topic}`);
    const described = await run('--describe', '--topic', topic);
    expect(described).toContain('PartitionCount: 3');
    expect(described).toContain('retention.ms=1000');
    await run('--delete', '--topic', topic);
    expect(await run('--list')).not.toContain(topic);
  });

  test('ConsumerGroupCommand shows, lists and resets the offsets of a group', { timeout }, async (ctx) => {
    needsJava(ctx);
    const [topic, group] = [`tool-${randomUUID()}`, `tool-${randomUUID()}`];
    await javaTool('ConsoleProducer', port(), ['--topic', topic], 'a\nb\nc\n');
    const read = ['--topic', topic, '--group', group, '--from-beginning', '--max-messages', '3'];
    expect(await javaTool('consumer.ConsoleConsumer', port(), read)).toContain('a\nb\nc');
    const run = (...args: string[]) => javaTool(GROUP_TOOL, port(), args);
    expect(await run('--list')).toContain(group);
    const cells = (printed: string) =>
      printed
        .split('\n')
        .find((line) => line.startsWith(group))
        ?.split(/\s+/);
    expect(cells(await run('--describe', '--group', group))?.slice(1, 6)).toEqual([
      topic,
      '0',
      '3',
      '3',
      '0',
    ]);
    const reset = ['--reset-offsets', '--group', group, '--topic', topic, '--to-offset', '1', '--execute'];
    expect(cells(await run(...reset))?.slice(1, 4)).toEqual([topic, '0', '1']);
    expect(cells(await run('--describe', '--group', group))?.slice(1, 6)).toEqual([
      topic,
      '0',
      '1',
      '3',
      '2',
    ]);
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
