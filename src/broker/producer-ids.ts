// Ids for idempotent producers. Each is assigned once in the life of a data folder: ids are reserved in the journal in blocks, and
// a restart skips the rest of its block.

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
      // Durable, as the first batches of an id that is assigned twice would be taken for repeated ones.
      this.#journal.set([[KEY, end]], true);
      this.#end = end;
    }
    return this.#next++;
  }
}
