// A small log-structured map on disk for state other than records: topics and their settings, committed offsets, transactional
// ids, the cluster's id. Keys are lists of strings and numbers, values are JSON. A change is in the page cache when `set`
// returns; a torn tail is truncated at open. Damaged bytes are skipped, so that one of them does not cost all later changes. The
// file is rewritten atomically when most of it is outdated, or some of it damaged. Reads are from memory.
//
//   Journal => [Entry]   Entry => length crc json
//     length => UINT32, of json   crc => UINT32, CRC-32C of json   json => [key, value], where a null value removes the key

import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { appendWhole, TO_APPEND_OR_MAKE } from './append-whole.ts';
import { crc32c } from './crc32c.ts';
import { keepTail } from './keep-tail.ts';
import { type BrokerLog, SILENT } from './options.ts';
import { syncNames } from './sync-names.ts';

export type Key = readonly (string | number)[];
export type Change = readonly [key: Key, value: unknown];

/** Bytes that are not part of a whole entry. */
type Damage = { readonly at: number; readonly bytes: number };

const HEAD = 8;
const BRACKET = 0x5b; // the first byte of every entry's JSON
const COMPACT_ABOVE = 1024 * 1024; // bytes; a smaller file is not worth a rewrite

export class Journal {
  #file: string;
  #fd: number;
  #bytes = 0;
  #live = new Map<string, unknown>();
  #compactAt = COMPACT_ABOVE;

  constructor(file: string, log: BrokerLog = SILENT) {
    this.#file = file;
    this.#fd = openSync(file, TO_APPEND_OR_MAKE);
    const bytes = readFileSync(file);
    const damaged: Damage[] = [];
    for (const { at, end, key, value } of entries(bytes)) {
      if (at > this.#bytes) damaged.push({ at: this.#bytes, bytes: at - this.#bytes });
      this.#apply(key, value);
      this.#bytes = end;
    }
    if (this.#bytes < bytes.length) this.#cut(bytes, log);
    if (damaged.length > 0) this.#mend(damaged, log);
  }

  #cut(bytes: Buffer, log: BrokerLog): void {
    const tail = bytes.subarray(this.#bytes);
    const kept = keepTail(this.#file, this.#bytes);
    ftruncateSync(this.#fd, this.#bytes);
    const details = { file: this.#file, at: this.#bytes, cut: tail.length, kept };
    if (isTorn(tail)) log.warn(details, 'truncated a torn tail of the journal');
    else
      log.error(
        details,
        'truncated a damaged end of the journal: changes of topics, offsets or transactions are lost',
      );
  }

  #mend(damaged: readonly Damage[], log: BrokerLog): void {
    const kept = keepTail(this.#file, damaged[0]?.at ?? 0);
    log.error(
      { file: this.#file, damaged, kept },
      'the journal is damaged: some changes of topics, offsets or transactions are lost; later ones are not',
    );
    this.#compact();
  }

  #apply(key: string, value: unknown): void {
    if (value === null) this.#live.delete(key);
    else this.#live.set(key, value);
  }

  /** Bytes of the file. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The value of a key; undefined where it has none. */
  get(key: Key): unknown {
    return this.#live.get(JSON.stringify(key));
  }

  /** All entries whose key's first element is `kind`. */
  *entries(kind: string): Generator<[Key, unknown]> {
    const start = `[${JSON.stringify(kind)}`;
    for (const [text, value] of this.#live) {
      if (text.startsWith(start)) yield [JSON.parse(text) as Key, value];
    }
  }

  /** Appends the changes in one write, with an fsync if `durable`. @throws where either fails; then none of them is made */
  set(changes: readonly Change[], durable = false): void {
    const encoded = Buffer.concat(changes.map(([key, value]) => encode(JSON.stringify(key), value)));
    appendWhole(this.#fd, encoded, this.#bytes, () => durable && fsyncSync(this.#fd));
    this.#bytes += encoded.length;
    for (const [key, value] of changes) this.#apply(JSON.stringify(key), value);
    if (this.#bytes > this.#compactAt) this.#compact();
  }

  /** Rewrites the file. Where that fails, as on a full disk, the file stays, and it is tried again once it has grown further. */
  #compact(): void {
    const fresh = `${this.#file}.new`;
    try {
      const encoded = Buffer.concat([...this.#live].map(([key, value]) => encode(key, value)));
      this.#take(fresh, encoded);
      this.#compactAt = Math.max(COMPACT_ABOVE, encoded.length * 4);
    } catch {
      rmSync(fresh, { force: true });
      this.#compactAt = this.#bytes + COMPACT_ABOVE;
    }
  }

  /** Writes `bytes` to a new file, which replaces the journal's. */
  #take(fresh: string, bytes: Buffer): void {
    rmSync(fresh, { force: true });
    const fd = openSync(fresh, TO_APPEND_OR_MAKE);
    try {
      appendWhole(fd, bytes, 0, () => fsyncSync(fd));
      renameSync(fresh, this.#file);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    const former = this.#fd;
    this.#fd = fd;
    this.#bytes = bytes.length;
    closeSync(former);
    // A power failure could bring the former file back, without the durable changes to come.
    syncNames(dirname(this.#file));
  }

  /** Writes all changes to the disk (fsync). */
  sync(): void {
    fsyncSync(this.#fd);
  }

  close(): void {
    this.sync();
    closeSync(this.#fd);
  }
}

function encode(key: string, value: unknown): Buffer {
  const json = Buffer.from(`[${key},${JSON.stringify(value)}]`);
  const head = Buffer.allocUnsafe(HEAD);
  head.writeUInt32BE(json.length, 0);
  head.writeUInt32BE(crc32c(json), 4);
  return Buffer.concat([head, json]);
}

type Entry = { readonly at: number; readonly end: number; readonly key: string; readonly value: unknown };

/** The whole entries of `bytes`, with keys as JSON; whatever lies between them is skipped. */
function* entries(bytes: Buffer): Generator<Entry> {
  for (let at = 0; at + HEAD < bytes.length; ) {
    const entry = entryAt(bytes, at);
    if (entry !== undefined) yield entry;
    at = entry?.end ?? at + 1;
  }
}

/** Whether the bytes after the last whole entry are what a crash leaves of an append: a part of it, or zeros. */
function isTorn(tail: Buffer): boolean {
  return tail.length <= HEAD || HEAD + tail.readUInt32BE(0) > tail.length || tail.every((byte) => byte === 0);
}

function entryAt(bytes: Buffer, at: number): Entry | undefined {
  const end = at + HEAD + bytes.readUInt32BE(at);
  const isPossible = bytes[at + HEAD] === BRACKET && end <= bytes.length;
  const json = bytes.subarray(at + HEAD, end);
  if (!isPossible || crc32c(json) !== bytes.readUInt32BE(at + 4)) return undefined;
  const [key, value] = JSON.parse(json.toString()) as [Key, unknown];
  return { at, end, key: JSON.stringify(key), value };
}
