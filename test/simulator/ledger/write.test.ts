import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { REJECTION_CODES } from '../../../src/events/parse.ts';
import { FAULT_NAMES } from '../../../src/simulator/core/faults.ts';
import { type LedgerEntry, type LedgerHead, ledgerFile } from '../../../src/simulator/ledger/entry.ts';
import { LedgerWriter } from '../../../src/simulator/ledger/write.ts';
import { anyId } from '../../support/arbitrary.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder();
let run = 0;
const aHead = (): LedgerHead => {
  run += 1;
  const rest = { version: '1', command: 'npm run …', target: 'kafka', topic: 't', cluster: 'c' } as const;
  return { run: String(run), ...rest, from: { 0: '7' } };
};

const anyEntry: fc.Arbitrary<LedgerEntry> = fc
  .record(
    {
      n: fc.nat(),
      order_id: fc.option(anyId),
      at: fc.nat(),
      faults: fc.subarray([...FAULT_NAMES]),
      expect: fc.constantFrom('stored' as const, 'duplicate' as const, ...REJECTION_CODES),
      content: anyId.map((id) => id.slice(0, 16)),
      time: fc.nat(),
      visitor: anyId,
      robot: fc.constant(true as const),
      partition: fc.nat(100),
      offset: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(String),
    },
    { requiredKeys: ['n', 'order_id', 'at', 'faults', 'expect', 'content', 'time'] },
  )
  .map((entry) => ({ ...entry }));

it('a ledger that is being written writes the head, each entry as JSON.stringify does, and the end with their number', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyEntry, { maxLength: 5 }), async (entries) => {
      const head = aHead();
      const writer = new LedgerWriter(folder, head);
      await writer.add(entries);
      await writer.add([]);
      await writer.end(1_000, true);
      const end = { ended: '1970-01-01T00:00:01.000Z', sends: entries.length };
      const lines = [head, ...entries, end].map((line) => `${JSON.stringify(line)}\n`);
      expect(readFileSync(writer.file, 'utf8')).toBe(lines.join(''));
    }),
    { numRuns: 30 },
  );
});

it('a ledger that is being written has no last line where the run was cut short', async () => {
  const writer = new LedgerWriter(folder, aHead());
  await writer.end(1_000, false);
  expect(readFileSync(writer.file, 'utf8').trimEnd().split('\n')).toHaveLength(1);
});

it('a ledger that is being written goes on once there is room for more', async () => {
  const writer = new LedgerWriter(folder, aHead());
  const [entry] = fc.sample(anyEntry, 1);
  if (entry === undefined) throw new Error('expected an entry');
  for (let batch = 0; batch < 20; batch++) await writer.add(Array.from({ length: 500 }, () => entry));
  await writer.end(0, true);
  expect(readFileSync(writer.file, 'utf8').trimEnd().split('\n')).toHaveLength(10_002);
});

it('a ledger that is being written never writes over an earlier run, and says so to whoever adds or ends', async () => {
  const head = aHead();
  const first = new LedgerWriter(folder, head);
  await first.end(0, true);
  const before = readFileSync(first.file, 'utf8');
  const second = new LedgerWriter(folder, head);
  await expect(second.end(0, true)).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(second.add([])).rejects.toMatchObject({ code: 'EEXIST' });
  expect(readFileSync(first.file, 'utf8')).toBe(before);
});

it('a ledger that is being written tells the run of a file that can’t be written, and does not end the process', async () => {
  const head = aHead();
  mkdirSync(ledgerFile(folder, head.run), { recursive: true });
  const writer = new LedgerWriter(folder, head);
  await expect(
    (async () => {
      for (;;) await writer.add(fc.sample(anyEntry, 100));
    })(),
  ).rejects.toMatchObject({ code: 'EEXIST' });
  expect(existsSync(path.dirname(writer.file))).toBe(true);
});
