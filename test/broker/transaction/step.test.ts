// Random lives of a transactional id against a model that only remembers what was added and who is the producer. The state machine
// is all that is real; time is virtual.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { senderProblem, step } from '../../../src/broker/transaction/step.ts';
import {
  deadlineOf,
  emptyTransaction,
  type Input,
  isEnding,
  type Producer,
  type Step,
  type Transaction,
} from '../../../src/broker/transaction/transaction.ts';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';

const TIMEOUT = 1000;

type Act =
  | { readonly kind: 'init'; readonly bumps: boolean }
  | { readonly kind: 'partitions' | 'offsets'; readonly names: readonly string[]; readonly isZombie: boolean }
  | { readonly kind: 'group'; readonly isZombie: boolean }
  | { readonly kind: 'end'; readonly isCommit: boolean; readonly isZombie: boolean }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'ended' };

const names = fc.uniqueArray(fc.constantFrom('a-0', 'a-1', 'b-0'), { minLength: 1 });
const isZombie = fc.integer({ min: 0, max: 9 }).map((n) => n === 0);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('init' as const), bumps: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('partitions', 'offsets'), names, isZombie }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('group' as const), isZombie }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('end' as const), isCommit: fc.boolean(), isZombie }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: TIMEOUT }) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('ended' as const) }) },
);

/** One life: what the producer in office has, and what it was told was added. */
class Life {
  transaction: Transaction = emptyTransaction('id', 0);
  now = 0;
  nextProducerId = 100;
  producer: Producer = { producerId: -1, epoch: -1 };
  zombie: Producer = { producerId: -1, epoch: -1 };
  partitions = new Set<string>();
  offsets = new Set<string>();

  run(input: Input): Step {
    const before = this.transaction;
    const after = step(before, input, this.now);
    this.transaction = after.transaction;
    this.#checkOrder(before, after);
    return after;
  }

  /** Epochs never go back, a decision never changes, and an ending brings exactly what was added. */
  #checkOrder(before: Transaction, { transaction, ending }: Step): void {
    if (transaction.producerId === before.producerId) {
      expect(transaction.epoch).toBeGreaterThanOrEqual(before.epoch);
    } else {
      expect(transaction.epoch).toBe(0);
    }
    if (isEnding(before.state) && transaction.state !== before.state)
      expect(transaction.state).toBe(before.state.replace('Prepare', 'Complete'));
    if (!ending) return;
    expect(ending.partitions).toEqual(this.partitions);
    expect(ending.producer.epoch).toBe(transaction.epoch);
    const brought = [...ending.offsets.values()].flatMap((ofGroup) => [...ofGroup.keys()]);
    expect(new Set(brought)).toEqual(ending.isCommit ? this.offsets : new Set());
    expect(transaction.state).toBe(ending.isCommit ? 'PrepareCommit' : 'PrepareAbort');
  }

  act(next: Act): void {
    if (next.kind === 'init') this.#init(next.bumps);
    else if (next.kind === 'wait') this.#wait(next.ms);
    else if (next.kind === 'ended') this.#ended();
    else this.#request(next);
  }

  #ended(): void {
    this.run({ kind: 'ended' });
    if (this.transaction.state === 'Ongoing' || isEnding(this.transaction.state)) return;
    this.partitions = new Set();
    this.offsets = new Set();
    expect(this.transaction).toMatchObject({ partitions: new Set(), offsets: new Map(), startedAt: -1 });
  }

  #init(bumps: boolean): void {
    const before = this.transaction;
    const expected = bumps && before.epoch >= 0 ? this.producer : null;
    const newProducerId = this.nextProducerId++;
    const { transaction, error } = this.run({ kind: 'init', timeoutMs: TIMEOUT, expected, newProducerId });
    if (error !== ErrorCode.NONE) return;
    this.zombie = this.producer;
    this.producer = { producerId: transaction.producerId, epoch: transaction.epoch };
    expect(this.producer).not.toEqual(this.zombie);
  }

  /** The time of an open transaction is up at its deadline, and never before. */
  #wait(ms: number): void {
    const deadline = deadlineOf(this.transaction);
    this.now += ms;
    const { transaction } = this.run({ kind: 'tick' });
    if (deadline !== null) expect(transaction.state).toBe(this.now >= deadline ? 'PrepareAbort' : 'Ongoing');
  }

  #request(next: Exclude<Act, { kind: 'init' | 'wait' | 'ended' }>): void {
    const before = this.transaction;
    const producer = next.isZombie ? this.zombie : this.producer;
    const { transaction, error } = this.run(this.#inputOf(next, producer));
    if (senderProblem(before, producer) !== ErrorCode.NONE) {
      expect(error).not.toBe(ErrorCode.NONE);
      expect(transaction).toBe(before);
    } else if (error === ErrorCode.NONE && next.kind !== 'end') {
      expect(transaction.state).toBe('Ongoing');
    }
    if (error !== ErrorCode.NONE) return;
    if (next.kind === 'partitions') for (const name of next.names) this.partitions.add(name);
    if (next.kind === 'offsets') for (const name of next.names) this.offsets.add(name);
  }

  #inputOf(next: Exclude<Act, { kind: 'init' | 'wait' | 'ended' }>, producer: Producer): Input {
    switch (next.kind) {
      case 'partitions':
        return { kind: 'partitions', producer, partitions: next.names };
      case 'group':
        return { kind: 'group', producer, group: 'group' };
      case 'end':
        return { kind: 'end', producer, isCommit: next.isCommit };
      case 'offsets': {
        const committed = { offset: this.now, metadata: null, at: this.now };
        const offsets = new Map(next.names.map((name) => [name, { topic: name, partition: 0, committed }]));
        return { kind: 'offsets', producer, group: 'group', offsets };
      }
    }
  }
}

test('no life of a transactional id breaks what its state machine promises', () => {
  const lives = fc.property(fc.array(act, { maxLength: 60, size: 'max' }), (acts) => {
    const life = new Life();
    life.act({ kind: 'init', bumps: false });
    for (const next of acts) life.act(next);
  });
  fc.assert(lives, { numRuns: 150 });
});

test('a producer id whose epochs are used up is followed by another one, and the last epoch is left for fencing', () => {
  const used = { ...emptyTransaction('id', 0), producerId: 7, epoch: 32_765, timeoutMs: TIMEOUT };
  const init = { kind: 'init', timeoutMs: TIMEOUT, expected: null, newProducerId: 8 } as const;
  const last = step(used, init, 0).transaction;
  expect(last).toMatchObject({ producerId: 7, epoch: 32_766 });
  const open = step(last, { kind: 'partitions', producer: last, partitions: ['a-0'] }, 0).transaction;
  const fenced = step(open, { kind: 'tick' }, TIMEOUT).transaction;
  expect(fenced).toMatchObject({ state: 'PrepareAbort', epoch: 32_767 });
  const ended = step(fenced, { kind: 'ended' }, TIMEOUT).transaction;
  expect(step(ended, init, TIMEOUT).transaction).toMatchObject({ producerId: 8, epoch: 0 });
});

test('a producer that has its epoch bumped is answered the same when it asks again, and another is fenced (KIP-360)', () => {
  const first = { ...emptyTransaction('id', 0), producerId: 7, epoch: 3, timeoutMs: TIMEOUT };
  const bump = (transaction: Transaction, epoch: number) =>
    step(
      transaction,
      { kind: 'init', timeoutMs: TIMEOUT, expected: { producerId: 7, epoch }, newProducerId: 8 },
      0,
    );
  const bumped = bump(first, 3);
  expect(bumped).toMatchObject({ error: ErrorCode.NONE, transaction: { producerId: 7, epoch: 4 } });
  expect(bump(bumped.transaction, 3)).toMatchObject({ error: ErrorCode.NONE, transaction: { epoch: 4 } });
  expect(bump(bumped.transaction, 2).error).toBe(ErrorCode.PRODUCER_FENCED);
});
