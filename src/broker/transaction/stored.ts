// A transactional id in the journal, with its sets and maps as lists.

import type { PartitionOffset } from '../group/offsets.ts';
import type { Transaction } from './transaction.ts';

export const KIND = 'transaction';

type StoredTransaction = Omit<Transaction, 'id' | 'partitions' | 'offsets'> & {
  readonly partitions: readonly string[];
  readonly offsets: readonly (readonly [group: string, offsets: readonly [string, PartitionOffset][]])[];
};

export function toStored({ id: _, ...transaction }: Transaction): StoredTransaction {
  const offsets = [...transaction.offsets].map(([group, ofGroup]) => [group, [...ofGroup]] as const);
  return { ...transaction, partitions: [...transaction.partitions], offsets };
}

export function fromStored(id: string, value: unknown): Transaction {
  const stored = value as StoredTransaction;
  const offsets = new Map(stored.offsets.map(([group, ofGroup]) => [group, new Map(ofGroup)]));
  return { id, ...stored, partitions: new Set(stored.partitions), offsets };
}
