// Events that Kafka has not acknowledged yet, on disk: append-only segments of one JSON event a line, under
// DATA_DIR/outbox. An append is one write(2) before the page is answered: it survives the death of the process, not
// that of the machine (no fsync; an order is confirmed only by Kafka anyway).
// Delivery is at least once: what a killed process had sent but not yet seen acknowledged is sent again.

import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { KafkaError } from './errors.ts';

const SEGMENT_BYTES = 1024 * 1024;

type Segment = { readonly file: string; fd: number | null; bytes: number; pending: number };

/** One event in the outbox, to be given back when Kafka has it. */
export type Kept = { readonly line: string; readonly segment: Segment };

export class Outbox {
  readonly #folder: string;
  readonly #maxBytes: number;
  #current: Segment;
  #bytes = 0;
  #next: number;

  /** Events that an earlier process left, oldest first. */
  readonly recovered: readonly Kept[];

  /**
   * @param folder made where missing; one process at a time
   * @param maxBytes how much may wait
   */
  constructor(folder: string, maxBytes: number) {
    mkdirSync(folder, { recursive: true });
    this.#folder = folder;
    this.#maxBytes = maxBytes;
    const files = readdirSync(folder)
      .filter((name) => /^\d{10}\.ndjson$/.test(name))
      .sort();
    this.#next = Number((files.at(-1) ?? '0').slice(0, 10)) + 1;
    this.recovered = files.flatMap((name) => this.#recover(path.join(folder, name)));
    this.#current = this.#open();
  }

  /** Bytes of the segments on disk. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Keeps one event.
   * @throws {KafkaError} OUTBOX_FULL where maxBytes are waiting, OUTBOX_WRITE where the disk refuses
   */
  append(line: string): Kept {
    const bytes = Buffer.from(`${line}\n`);
    if (this.#bytes + bytes.length > this.#maxBytes) {
      throw new KafkaError(
        'OUTBOX_FULL',
        `${this.#maxBytes} bytes of events wait for Kafka; no more are taken`,
      );
    }
    if (this.#current.bytes >= SEGMENT_BYTES) this.#roll();
    const segment = this.#current;
    this.#write(segment, bytes);
    segment.pending += 1;
    return { line, segment };
  }

  /** Forgets an event that Kafka has acknowledged; a segment without waiting events is given back to the disk. */
  acknowledge({ segment }: Kept): void {
    segment.pending -= 1;
    if (segment.pending > 0) return;
    this.#bytes -= segment.bytes;
    segment.bytes = 0;
    if (segment === this.#current && segment.fd !== null) ftruncateSync(segment.fd, 0);
    else this.#remove(segment);
  }

  /** What still waits stays on disk for the next process; acknowledgements may come even now. */
  close(): void {
    const last = this.#current;
    if (last.fd !== null) closeSync(last.fd);
    last.fd = null;
    if (last.pending === 0) this.#remove(last);
  }

  #write(segment: Segment, bytes: Buffer): void {
    try {
      if (segment.fd === null) throw new Error('segment is not open');
      writeSync(segment.fd, bytes);
    } catch (error) {
      // Whatever part of the line was written must not swallow the next one.
      if (segment.fd !== null) ftruncateSync(segment.fd, segment.bytes);
      throw new KafkaError(
        'OUTBOX_WRITE',
        `the outbox in ${this.#folder} can't be written: ${String(error)}`,
        error,
      );
    }
    segment.bytes += bytes.length;
    this.#bytes += bytes.length;
  }

  #roll(): void {
    const full = this.#current;
    this.#current = this.#open();
    if (full.fd !== null) closeSync(full.fd);
    full.fd = null;
    if (full.pending === 0) this.#remove(full);
  }

  #open(): Segment {
    const file = path.join(this.#folder, `${String(this.#next).padStart(10, '0')}.ndjson`);
    this.#next += 1;
    return { file, fd: openSync(file, 'a'), bytes: 0, pending: 0 };
  }

  #remove(segment: Segment): void {
    rmSync(segment.file, { force: true });
  }

  /** A last line without its newline was never answered for: the process died while writing it. */
  #recover(file: string): Kept[] {
    const text = readFileSync(file, 'utf8');
    const lines = text
      .slice(0, text.lastIndexOf('\n') + 1)
      .split('\n')
      .slice(0, -1);
    const segment: Segment = { file, fd: null, bytes: Buffer.byteLength(text), pending: lines.length };
    if (lines.length === 0) this.#remove(segment);
    else this.#bytes += segment.bytes;
    return lines.map((line) => ({ line, segment }));
  }
}
