// Reads a ledger line by line: that of a long run, as one text, would not fit into memory.

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { isObject } from '../../events/json-object.ts';
import { ExpectationError } from '../../runtime/expectation-error.ts';
import { endSchema, entrySchema, headSchema, type LedgerEntry, type LedgerHead } from './entry.ts';

export type Ledger = {
  readonly head: LedgerHead;
  readonly entries: readonly LedgerEntry[];
  /** False where the run was killed; its last sends may be missing. */
  readonly ended: boolean;
  /** The number of sends in its last line; absent where the run was killed. */
  readonly sends?: number;
};

/** @throws {ExpectationError} where it is missing or no ledger */
export async function readLedger(file: string): Promise<Ledger> {
  let head: LedgerHead | undefined;
  const entries: LedgerEntry[] = [];
  let end: { readonly sends: number } | undefined;
  let [line, broken] = [0, 0];
  try {
    for await (const text of createInterface({
      input: createReadStream(file),
      crlfDelay: Number.POSITIVE_INFINITY,
    })) {
      // The last line of a killed run may be truncated; no other one is.
      if (broken > 0) throw new SyntaxError(`line ${broken} is no JSON`);
      line += 1;
      const value: unknown = parseLine(text);
      if (value === undefined) broken = line;
      else if (head === undefined) head = headSchema.parse(value);
      else if (isEnd(value)) end = endSchema.parse(value);
      else entries.push(entrySchema.parse(value));
    }
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'no line of a ledger';
    throw new ExpectationError(`received ${file}, line ${line} (${reason}), expected the ledger of a run`);
  }
  if (head === undefined)
    throw new ExpectationError(`received ${file}, which is empty, expected the ledger of a run`);
  return end === undefined
    ? { head, entries, ended: false }
    : { head, entries, ended: true, sends: end.sends };
}

const isEnd = (value: unknown): boolean => isObject(value) && 'ended' in value;

function parseLine(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
