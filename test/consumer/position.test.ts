import { describe, expect, it } from 'vitest';
import { nextStep } from '../../src/consumer/position.ts';

const delivered = (first: bigint, last: bigint, highWatermark = last + 1n) => ({
  first,
  last,
  highWatermark,
});

describe('nextStep', () => {
  it('a consumer stores what Kafka delivers where Postgres expects it', () => {
    expect(nextStep(5n, delivered(5n, 9n), false)).toEqual({ do: 'store', from: 5n });
  });

  it('a consumer skips the part of a batch that is stored already', () => {
    expect(nextStep(7n, delivered(5n, 9n), false)).toEqual({ do: 'store', from: 7n });
  });

  it('a consumer seeks forward past records that are all stored', () => {
    expect(nextStep(20n, delivered(5n, 9n, 30n), false)).toEqual({ do: 'seek', to: 20n });
  });

  it('a consumer seeks back where Kafka is ahead of Postgres', () => {
    expect(nextStep(5n, delivered(8n, 9n), false)).toEqual({ do: 'seek', to: 5n });
  });

  it('a consumer goes on, and says what is missing, where retention has taken the records', () => {
    expect(nextStep(5n, delivered(8n, 9n), true)).toEqual({
      do: 'store',
      from: 8n,
      warning: expect.stringContaining('5 to 7'),
    });
  });

  it('a consumer starts from the earliest record in a database that has nothing', () => {
    expect(nextStep(undefined, delivered(0n, 9n), false)).toEqual({ do: 'store', from: 0n });
    expect(nextStep(undefined, delivered(8n, 9n), false)).toEqual({ do: 'seek', to: 0n });
    expect(nextStep(undefined, delivered(8n, 9n), true)).toEqual({ do: 'store', from: 8n });
  });

  it('a consumer starts anew, and says so, where the topic is shorter than what was stored of it', () => {
    expect(nextStep(500n, delivered(0n, 9n, 10n), false)).toEqual({
      do: 'store',
      from: 0n,
      warning: expect.stringContaining('was recreated'),
    });
  });
});
