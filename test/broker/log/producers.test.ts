import { describe, expect, it } from 'vitest';
import { markerBatch } from '../../../src/broker/log/control-batch.ts';
import { judge, Producers } from '../../../src/broker/log/producers.ts';
import { readHeader } from '../../../src/broker/log/record-batch.ts';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { batch } from '../batch.ts';

const LAST_SEQUENCE = 2 ** 31 - 1;
const refused = (error: ErrorCode) => ({ kind: 'refuse', error });

/** The header of a batch of some records. */
const headerOf = (sequence: number, records = 1, { epoch = 0, producerId = 7 } = {}) =>
  readHeader(batch({ values: Array.from({ length: records }, () => 'v'), producerId, epoch, sequence }), 0);

/** A partition that has appended these batches, each at an offset ten above the one before. */
function appended(...headers: ReturnType<typeof headerOf>[]): Producers {
  const producers = new Producers();
  for (const [at, header] of headers.entries()) producers.append({ ...header, baseOffset: 10 * at }, at);
  return producers;
}

describe('a batch of an idempotent producer', () => {
  it('a batch of an idempotent producer is appended where its sequence follows, and where nothing is known of the producer', () => {
    expect(judge(undefined, headerOf(1_000))).toEqual({ kind: 'append' });
    expect(judge(appended(headerOf(0, 3)).get(7), headerOf(3))).toEqual({ kind: 'append' });
  });

  it('a batch of an idempotent producer is refused where its sequence leaves a gap, goes back, or is negative', () => {
    const state = appended(headerOf(0, 3)).get(7);
    for (const sequence of [4, 2]) {
      expect(judge(state, headerOf(sequence))).toEqual(refused(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER));
    }
    expect(judge(state, headerOf(-1))).toEqual(refused(ErrorCode.INVALID_RECORD));
  });

  it('a batch of an idempotent producer gets its first offset again where it is one of the last five', () => {
    const state = appended(...[0, 1, 2, 3, 4, 5].map((sequence) => headerOf(sequence))).get(7);
    expect(judge(state, headerOf(1))).toEqual({ kind: 'duplicate', baseOffset: 10 });
    expect(judge(state, headerOf(5))).toEqual({ kind: 'duplicate', baseOffset: 50 });
    expect(judge(state, headerOf(0))).toEqual(refused(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER));
  });

  it('a batch of an idempotent producer is no repetition where it begins as one and has another number of records', () => {
    const state = appended(headerOf(0, 3)).get(7);
    expect(judge(state, headerOf(0, 2))).toEqual(refused(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER));
  });

  it('a batch of an idempotent producer of a new epoch begins at sequence 0, and fences the epoch before', () => {
    const state = appended(headerOf(0), headerOf(0, 1, { epoch: 1 })).get(7);
    expect(judge(state, headerOf(1))).toEqual(refused(ErrorCode.INVALID_PRODUCER_EPOCH));
    expect(judge(state, headerOf(1, 1, { epoch: 1 }))).toEqual({ kind: 'append' });
    expect(judge(state, headerOf(0, 1, { epoch: 2 }))).toEqual({ kind: 'append' });
    expect(judge(state, headerOf(2, 1, { epoch: 2 }))).toEqual(
      refused(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER),
    );
  });

  it('a batch of an idempotent producer follows the highest sequence by 0, also in the middle of a batch', () => {
    expect(judge(appended(headerOf(LAST_SEQUENCE)).get(7), headerOf(0))).toEqual({ kind: 'append' });
    expect(judge(appended(headerOf(LAST_SEQUENCE - 1, 4)).get(7), headerOf(2))).toEqual({ kind: 'append' });
  });
});

describe('the producers of a partition', () => {
  it('the producers of a partition keep the sequence of a producer over a marker of its epoch, and begin anew after one of a later epoch', () => {
    const marker = (epoch: number) => readHeader(markerBatch(7, epoch, true, 0), 0);
    expect(judge(appended(headerOf(0), marker(0)).get(7), headerOf(1))).toEqual({ kind: 'append' });
    const fenced = appended(headerOf(0), marker(1)).get(7);
    expect(judge(fenced, headerOf(1))).toEqual(refused(ErrorCode.INVALID_PRODUCER_EPOCH));
    expect(judge(fenced, headerOf(0, 1, { epoch: 1 }))).toEqual({ kind: 'append' });
  });

  it('the producers of a partition forget those that were silent for too long, and know the others after a restart', () => {
    const producers = appended(headerOf(0), headerOf(0, 1, { producerId: 8 }));
    producers.expire(1);
    const restored = new Producers();
    restored.restore(producers.snapshot());
    expect([restored.get(7), restored.get(8)?.producerId]).toEqual([undefined, 8]);
  });

  it('the producers of a partition are at most ten thousand, of which the one that was silent for longest goes', () => {
    const producers = new Producers();
    const header = headerOf(0);
    for (let producerId = 0; producerId < 10_000; producerId += 1)
      producers.append({ ...header, producerId }, producerId);
    producers.append({ ...header, producerId: 0 }, 10_000);
    producers.append({ ...header, producerId: 10_000 }, 10_001);
    expect(producers.snapshot()).toHaveLength(10_000);
    expect([producers.get(0)?.at, producers.get(1)]).toEqual([10_000, undefined]);
  });

  it('the producers of a partition leave out a batch without a producer', () => {
    expect(appended(headerOf(-1, 1, { producerId: -1 })).snapshot()).toEqual([]);
  });
});
