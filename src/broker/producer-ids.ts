// Ids for idempotent producers. Each is given out once in the life of a data folder: blocks of ids are reserved in the
// journal, and the rest of a block is never used after a restart.

import type { Journal } from './journal.ts';

const BLOCK = 1000;
const KEY = ['producerIds'] as const;

export class ProducerIds {
  #journal: Journal;
  #next: number;
  #end: number;

  constructor(journal: Journal) {
    this.#journal = journal;
    const [stored] = [...journal.entries(KEY[0])];
    this.#next = Number(stored?.[1] ?? 0);
    this.#end = this.#next;
  }

  next(): number {
    if (this.#next === this.#end) {
      const end = this.#end + BLOCK;
      // Durable, as a batch of an id that is given out again would be taken for a repeated one.
      this.#journal.set([[KEY, end]], true);
      this.#end = end;
    }
    return this.#next++;
  }
}
