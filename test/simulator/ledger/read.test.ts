// A ledger as it was written, and one that somebody has altered.

import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compare } from '../../../src/simulator/ledger/compare.ts';
import type { LedgerEntry } from '../../../src/simulator/ledger/entry.ts';
import { readLedger } from '../../../src/simulator/ledger/read.ts';
import { LedgerWriter } from '../../../src/simulator/ledger/write.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder();
let run = 0;

/** The file of a whole ledger with three sends, its lines altered. */
async function ledgerOf(alter: (lines: string[]) => string[]): Promise<string> {
  run += 1;
  const head = { version: '1', command: '', target: 'http', topic: 't', cluster: 'c', from: {} } as const;
  const writer = new LedgerWriter(folder, { run: String(run), ...head });
  const entries = [1, 2, 3].map(
    (n): LedgerEntry => ({
      n,
      order_id: null,
      at: 0,
      faults: ['late'],
      expect: 'stored',
      content: 'said',
      time: 0,
    }),
  );
  await writer.add(entries);
  await writer.end(0, true);
  const lines = readFileSync(writer.file, 'utf8').trimEnd().split('\n');
  writeFileSync(writer.file, alter(lines).join('\n'));
  return writer.file;
}
const differencesOf = async (alter: (lines: string[]) => string[]) => {
  const ledger = await readLedger(await ledgerOf(alter));
  return compare(ledger, { found: new Map(), rows: new Map(), setAside: [] }).differences;
};

describe('a ledger', () => {
  it('a ledger is read as it was written', async () => {
    const file = await ledgerOf((lines) => lines);
    expect(await readLedger(file)).toMatchObject({
      ended: true,
      sends: 3,
      entries: [{ n: 1 }, { n: 2 }, { n: 3 }],
    });
    expect(await differencesOf((lines) => lines)).toEqual([]);
  });

  it('a ledger whose last line is cut off, as its run was killed, has what is before it', async () => {
    const file = await ledgerOf((lines) => [...lines.slice(0, 3), '{"n":3,"ord']);
    expect(await readLedger(file)).toMatchObject({ ended: false, entries: [{ n: 1 }, { n: 2 }] });
  });

  it('a ledger with a broken line before others is refused, so that those are not passed over', async () => {
    const file = await ledgerOf((lines) =>
      lines.map((line, index) => (index === 2 ? line.slice(0, 9) : line)),
    );
    await expect(readLedger(file)).rejects.toThrow('line 3 (no line of a ledger)');
  });

  it('a ledger of which a line was taken away is told of', async () => {
    const differences = await differencesOf((lines) => lines.filter((_, index) => index !== 2));
    expect(differences).toEqual(['the ledger has 2 records, and its last line says 3']);
  });
});
