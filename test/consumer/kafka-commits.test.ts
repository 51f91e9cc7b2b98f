import { expect, it, vi } from 'vitest';
import { KafkaCommits } from '../../src/consumer/kafka-commits.ts';

it('the newest offset of each partition is committed to Kafka once in a while and at the end', async () => {
  vi.useFakeTimers();
  try {
    const made: unknown[] = [];
    const commits = new KafkaCommits(
      'ecommerce',
      async (offsets) => void made.push(offsets),
      () => {},
    );
    commits.soon(0, 5n);
    commits.soon(1, 2n);
    commits.soon(0, 9n);
    await vi.advanceTimersByTimeAsync(4_999);
    expect(made).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    const [zero, one] = [
      { topic: 'ecommerce', partition: 0, offset: '9' },
      { topic: 'ecommerce', partition: 1, offset: '2' },
    ];
    expect(made).toEqual([[zero, one]]);
    commits.soon(1, 3n);
    await commits.last();
    expect(made).toEqual([[zero, one], [{ ...one, offset: '3' }]]);
    commits.soon(1, 4n);
    commits.close();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(made).toHaveLength(2);
  } finally {
    vi.useRealTimers();
  }
});

it('a last commit waits for no Kafka that is away, and tells of what was refused', async () => {
  const away = new KafkaCommits(
    'ecommerce',
    () => new Promise(() => {}),
    () => {},
  );
  away.soon(0, 1n);
  await away.last();
  const failed: unknown[] = [];
  const refused = new KafkaCommits(
    'ecommerce',
    () => Promise.reject(new Error('no coordinator')),
    (error) => failed.push(error),
  );
  refused.soon(0, 1n);
  await refused.last();
  expect(failed).toEqual([new Error('no coordinator')]);
});
