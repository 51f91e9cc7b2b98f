// Events that Kafka has not acknowledged yet, on disk: append-only segments with one JSON event per line, under DATA_DIR/outbox.
// An append is one write(2) before the response: it survives the death of the process, but not of the machine (there is no
// fsync; an order is confirmed only once Kafka has it).
// Delivery is at least once: what a killed process had sent, but not seen acknowledged, is sent again.

import {
  appendFileSync,
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
import { codeOf, messageOf } from '../runtime/errors.ts';
import { KafkaError } from './errors.ts';

const SEGMENT_BYTES = 1024 * 1024;

type Segment = { readonly file: string; fd: number | null; bytes: number; pending: number };

/** One event in the outbox, to be removed once Kafka has acknowledged it. */
export type OutboxEntry = { readonly line: string; readonly segment: Segment };

export class Outbox {
  readonly #folder: string;
  readonly #maxBytes: number;
  #hasRoom = true;
  #current: Segment;
  #bytes = 0;
  #next: number;
  #closed = false;
  #damaged = 0;

  /** Events that an earlier process left, oldest first. */
  readonly recovered: readonly OutboxEntry[];

  /**
   * @param folder created where missing; used by one process at a time
   * @param maxBytes limit of the waiting events
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

  /** The number of lines left by an earlier process that are not events. */
  get damaged(): number {
    return this.#damaged;
  }

  /** Bytes of the segments on disk. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The limit in bytes. */
  get mostBytes(): number {
    return this.#hasRoom ? this.#maxBytes : this.#bytes;
  }

  /** Makes the outbox behave as a full one; false ends that. */
  simulateFull(full: boolean): void {
    this.#hasRoom = !full;
  }

  /**
   * Stores events, all or none, by one write.
   * @throws {KafkaError} OUTBOX_FULL where they would exceed the limit, OUTBOX_WRITE where the disk refuses
   */
  appendAll(lines: readonly string[]): OutboxEntry[] {
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    if (this.#bytes + bytes.length > this.mostBytes) {
      throw new KafkaError(
        'OUTBOX_FULL',
        `${this.mostBytes} bytes of events wait for Kafka; no more are accepted`,
      );
    }
    try {
      if (this.#current.bytes >= SEGMENT_BYTES) this.#roll();
      const segment = this.#current;
      this.#write(segment, bytes);
      segment.pending += lines.length;
      return lines.map((line) => ({ line, segment }));
    } catch (error) {
      throw new KafkaError(
        'OUTBOX_WRITE',
        `the outbox in ${this.#folder} can't be written: ${codeOf(error) ?? messageOf(error)}`,
        error,
      );
    }
  }

  /** Removes an event that Kafka has acknowledged; a segment without waiting events is deleted. */
  acknowledge({ segment }: OutboxEntry): void {
    segment.pending -= 1;
    // An acknowledgement after close() is ignored: the next run sends the event again.
    if (segment.pending > 0 || this.#closed) return;
    this.#bytes -= segment.bytes;
    segment.bytes = 0;
    if (segment === this.#current && segment.fd !== null) ftruncateSync(segment.fd, 0);
    else this.#remove(segment);
  }

  /** Closes the files; waiting events stay on disk for the next process. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#current.fd !== null) closeSync(this.#current.fd);
    if (this.#current.pending === 0) rmSync(this.#current.file, { force: true });
  }

  #write(segment: Segment, bytes: Buffer): void {
    if (segment.fd === null || this.#closed) throw new Error('the segment is not open');
    try {
      // A short write, on a disk that is nearly full, is reported only in the return value (write(2)).
      const written = writeSync(segment.fd, bytes);
      if (written < bytes.length)
        throw new Error(`only ${written} of ${bytes.length} bytes could be written`);
    } catch (error) {
      // The next line must not be appended to a part of this one.
      ftruncateSync(segment.fd, segment.bytes);
      throw error;
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

  /**
   * Reads a segment of an earlier process. A last line without a newline was never acknowledged to a client, as the process died
   * while it wrote it. Other lines that are not events were damaged by a crash of the machine; they are copied to a file beside the
   * segment, and the rest is sent.
   */
  #recover(file: string): OutboxEntry[] {
    const bytes = readFileSync(file);
    const whole = bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1).toString('utf8');
    const lines = whole.split('\n').slice(0, -1);
    const events = lines.filter(isEvent);
    if (events.length < lines.length) {
      const damaged = lines.filter((line) => !isEvent(line));
      appendFileSync(file.replace(/\.ndjson$/, '.damaged'), `${damaged.join('\n')}\n`);
      this.#damaged += damaged.length;
    }
    const segment: Segment = { file, fd: null, bytes: bytes.length, pending: events.length };
    if (events.length === 0) this.#remove(segment);
    else this.#bytes += segment.bytes;
    return events.map((line) => ({ line, segment }));
  }
}

/** Whether a line has a key for Kafka; ingest decides about the rest of it. */
function isEvent(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line);
    return (
      typeof value === 'object' && value !== null && 'user_id' in value && typeof value.user_id === 'string'
    );
  } catch {
    return false;
  }
}
