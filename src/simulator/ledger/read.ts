// Reads a ledger line by line, as the text of a long run's would not fit into memory.

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { ExpectationError } from '../../runtime/expectation-error.ts';
import { endSchema, entrySchema, headSchema, type LedgerEntry, type LedgerHead } from './entry.ts';

export type Ledger = {
  readonly head: LedgerHead;
  readonly entries: readonly LedgerEntry[];
  /** False where the run was killed; its last sends may be missing. */
  readonly ended: boolean;
};

/** @throws {ExpectationError} where it is missing or no ledger */
export async function readLedger(file: string): Promise<Ledger> {
  let head: LedgerHead | undefined;
  const entries: LedgerEntry[] = [];
  let ended = false;
  let line = 0;
  try {
    for await (const text of createInterface({
      input: createReadStream(file),
      crlfDelay: Number.POSITIVE_INFINITY,
    })) {
      line += 1;
      const value: unknown = parseLine(text);
      // The last line of a killed run may be truncated.
      if (value === undefined) break;
      if (head === undefined) head = headSchema.parse(value);
      else if (endSchema.safeParse(value).success) ended = true;
      else entries.push(entrySchema.parse(value));
    }
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'no line of a ledger';
    throw new ExpectationError(`received ${file}, line ${line} (${reason}), expected the ledger of a run`);
  }
  if (head === undefined)
    throw new ExpectationError(`received ${file}, which is empty, expected the ledger of a run`);
  return { head, entries, ended };
}

function parseLine(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
