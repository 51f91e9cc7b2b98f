// One transaction that begins with a COPY. Rows are sent while the next ones are parsed; at most two buffers are under
// way, so that a slow server slows the reader down instead of filling the memory.

import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { COPY_HEADER, COPY_TRAILER } from '../../../src/db/copy.ts';
import { EVENT_COLUMNS } from '../../../src/events/event.ts';

const COLUMNS = EVENT_COLUMNS.map((column) => `"${column}"`).join(', ');

type CopyStream = ReturnType<typeof copyFrom>;

export class CopyTransaction {
  readonly #client: pg.PoolClient;
  readonly #stream: CopyStream;
  #written: Promise<void>;

  private constructor(client: pg.PoolClient, table: string) {
    this.#client = client;
    this.#stream = client.query(copyFrom(`COPY ${table} (${COLUMNS}) FROM STDIN (FORMAT binary)`));
    // The error also rejects the write or the end that is awaited.
    this.#stream.on('error', () => {});
    this.#written = this.#send(COPY_HEADER);
  }

  static async begin(client: pg.PoolClient, table: string): Promise<CopyTransaction> {
    await client.query('BEGIN');
    return new CopyTransaction(client, table);
  }

  async write(rows: Buffer): Promise<void> {
    await this.#written;
    this.#written = this.#send(rows);
    // The next call awaits this and throws its error.
    this.#written.catch(() => {});
  }

  /** Ends the COPY, runs `rest` in the same transaction, and commits. @returns what `rest` returns */
  async commit<T>(rest: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    await this.#written;
    await new Promise<void>((resolve, reject) => {
      this.#stream.once('error', reject);
      this.#stream.end(COPY_TRAILER, resolve);
    });
    const result = await rest(this.#client);
    await this.#client.query('COMMIT');
    return result;
  }

  /** Rolls the transaction back. */
  async abort(): Promise<void> {
    if (!this.#stream.writableFinished && !this.#stream.destroyed) {
      const closed = new Promise((resolve) => this.#stream.once('close', resolve));
      this.#stream.destroy();
      await closed;
    }
    await this.#client.query('ROLLBACK').catch(() => {});
  }

  #send(bytes: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#stream.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  }
}
