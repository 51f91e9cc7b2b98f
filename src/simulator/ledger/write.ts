// Writes a ledger during the run. A line is written once its record is acknowledged, so that a killed run has no line for a
// record that was perhaps never sent.

import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { ExpectationError } from '../../runtime/expectation-error.ts';
import { makeFolder } from '../../runtime/make-folder.ts';
import { type LedgerEntry, type LedgerHead, ledgerFile } from './entry.ts';

/** The ledger can't be written, as on a full disk. The run ends, as without its ledger nothing can be compared. */
export class LedgerError extends ExpectationError {
  /** The file system's. */
  readonly code: string;

  constructor(file: string, { code = '', message }: NodeJS.ErrnoException) {
    super(`the ledger ${file} can't be written, and the run has ended: ${message}`);
    this.code = code;
  }
}

export class LedgerWriter {
  readonly file: string;
  readonly #out: WriteStream;
  /** Why the file can't be written any more. Without a listener, a full disk would end the process. */
  #error: LedgerError | undefined;
  #sends = 0;

  constructor(dataDir: string, head: LedgerHead) {
    this.file = ledgerFile(dataDir, head.run);
    makeFolder(path.dirname(this.file));
    this.#out = createWriteStream(this.file, { flags: 'wx' });
    this.#out.on('error', (error) => {
      this.#error = new LedgerError(this.file, error);
    });
    this.#out.write(`${JSON.stringify(head)}\n`);
  }

  /** Adds lines; resolves once there is room for more. @throws {LedgerError} of this or an earlier write */
  async add(entries: readonly LedgerEntry[]): Promise<void> {
    if (this.#error !== undefined) throw this.#error;
    this.#sends += entries.length;
    // All of it is ASCII.
    if (!this.#out.write(entries.map(lineOf).join(''), 'latin1'))
      await this.#settled(once(this.#out, 'drain'));
  }

  /**
   * Closes the file.
   * @param time milliseconds since 1970
   * @param whole false where sends may be missing, as the run was interrupted
   * @throws {LedgerError}
   */
  async end(time: number, whole: boolean): Promise<void> {
    if (this.#error !== undefined) throw this.#error;
    if (whole)
      this.#out.write(`${JSON.stringify({ ended: new Date(time).toISOString(), sends: this.#sends })}\n`);
    this.#out.end();
    await this.#settled(finished(this.#out));
  }

  async #settled(work: Promise<unknown>): Promise<void> {
    try {
      await work;
    } catch (error) {
      throw this.#error ?? error;
    }
  }
}

/** The result of JSON.stringify in a third of its time: none of these texts has characters that JSON escapes. */
function lineOf(entry: LedgerEntry): string {
  const { n, order_id, at, faults, expect, content, time, visitor, robot, partition, offset } = entry;
  const id = order_id === null ? 'null' : `"${order_id}"`;
  const labels = faults.length === 0 ? '' : `"${faults.join('","')}"`;
  const whose =
    (visitor === undefined ? '' : `,"visitor":"${visitor}"`) + (robot === undefined ? '' : ',"robot":true');
  const place =
    (partition === undefined ? '' : `,"partition":${partition}`) +
    (offset === undefined ? '' : `,"offset":"${offset}"`);
  return `{"n":${n},"order_id":${id},"at":${at},"faults":[${labels}],"expect":"${expect}","content":"${content}","time":${time}${whose}${place}}\n`;
}
