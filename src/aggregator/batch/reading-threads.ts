// Threads that read the stretches of one file in parallel, and hand them on in the order of the file.

import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { packageRoot } from '../../runtime/paths.ts';
import type { Stretch, StretchFile, StretchPlace } from './stretch.ts';
import type { Asked } from './stretch-worker.ts';

const PROGRAM = path.join(packageRoot, 'dist/src/aggregator/batch/stretch-worker.js');
/** Stretches of each thread that are asked for, or read and not yet taken. */
const AHEAD = 2;

export type ReadStretch = {
  readonly thread: number;
  readonly place: StretchPlace;
  readonly stretch: Stretch;
};
type PendingStretch = {
  readonly resolve: (stretch: Stretch) => void;
  readonly reject: (error: unknown) => void;
};

class ReadingThread {
  readonly #worker = new Worker(PROGRAM);
  readonly #pending: PendingStretch[] = [];
  readonly #spare: ArrayBuffer[] = [];
  #file: StretchFile | undefined;
  #failed: unknown;

  constructor() {
    this.#worker.on('message', (stretch: Stretch) => this.#pending.shift()?.resolve(stretch));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('a thread that reads a file has ended')));
  }

  /** Number of stretches that it has yet to read. */
  get busy(): number {
    return this.#pending.length;
  }

  read(file: StretchFile, place: StretchPlace, told: Uint8Array): Promise<Stretch> {
    const spare = this.#spare.splice(0);
    const asked: Asked = { ...place, told, spare, ...(file === this.#file ? {} : { file }) };
    this.#file = file;
    const read = new Promise<Stretch>((resolve, reject) => {
      if (this.#failed !== undefined) reject(this.#failed);
      else this.#pending.push({ resolve, reject });
    });
    // Nobody may await this one: its reader stops at the first that fails.
    read.catch(() => {});
    this.#worker.postMessage(asked, spare);
    return read;
  }

  /** Takes back the memory of a stretch that was merged, for a later one. */
  takeBack({ tape }: Stretch): void {
    this.#spare.push(tape.buffer as ArrayBuffer);
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(error: unknown): void {
    this.#failed ??= error;
    for (const { reject } of this.#pending.splice(0)) reject(this.#failed);
  }
}

/** Threads for the files of one run, which must be closed. */
export class ReadingThreads {
  readonly #threads: readonly ReadingThread[];

  constructor(count: number) {
    this.#threads = Array.from({ length: count }, () => new ReadingThread());
  }

  get count(): number {
    return this.#threads.length;
  }

  /**
   * Reads the stretches of a file.
   * @param toldOf for a thread: by slot of its tally, 1 where no more ranges are needed (ForeignSlots.told)
   * @returns each stretch in the order of `places`, with the thread that has read it; its memory is reused after the next
   * @throws the error of the thread whose stretch comes next
   */
  async *read(
    file: StretchFile,
    places: Iterable<StretchPlace>,
    toldOf: (thread: number) => Uint8Array,
  ): AsyncGenerator<ReadStretch> {
    const asked: (Omit<ReadStretch, 'stretch'> & { readonly stretch: Promise<Stretch> })[] = [];
    const left = places[Symbol.iterator]();
    for (;;) {
      while (asked.length < AHEAD * this.count) {
        const { value: place, done } = left.next();
        if (done === true) break;
        const thread = this.#leastBusy();
        const stretch = (this.#threads[thread] as ReadingThread).read(file, place, toldOf(thread));
        asked.push({ thread, place, stretch });
      }
      const first = asked.shift();
      if (first === undefined) return;
      const stretch = await first.stretch;
      yield { ...first, stretch };
      this.#threads[first.thread]?.takeBack(stretch);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  #leastBusy(): number {
    const busy = this.#threads.map((thread) => thread.busy);
    return busy.indexOf(Math.min(...busy));
  }
}
