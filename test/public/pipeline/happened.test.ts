import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PipelineState } from '../../../src/pipeline/state.ts';
import { packageRoot } from '../../../src/runtime/paths.ts';

type Happened = {
  changesBetween(before: PipelineState | undefined, now: PipelineState): readonly string[];
};
const { changesBetween }: Happened = await import(path.join(packageRoot, 'public/js/pipeline/happened.js'));

type Part = PipelineState['parts'][number];
const part = (changes: Partial<Part> = {}): Part => ({
  part: 'ingest',
  state: 'running',
  pid: 1,
  since: '2026-01-01T00:00:00.000Z',
  memory: null,
  ends: 0,
  last_end: null,
  paused_until: null,
  ...changes,
});
type Told = {
  readonly parts?: readonly Part[];
  readonly faults?: readonly Partial<PipelineState['faults'][number]>[];
  readonly members?: readonly (string | null)[];
  readonly kafka?: string | null;
  readonly postgres?: string | null;
  readonly ledger?: { readonly whole: boolean; readonly missing: number } | null;
};
/** What the page looks at, of a state. */
const state = ({
  parts = [part()],
  faults = [],
  members = ['m'],
  kafka = null,
  postgres = null,
  ledger = null,
}: Told) =>
  ({
    parts,
    faults,
    kafka: { problem: kafka, partitions: members.map((member, partition) => ({ partition, member })) },
    postgres: { problem: postgres },
    ledger,
  }) as unknown as PipelineState;
const between = (before: Told, now: Told) => changesBetween(state(before), state(now));

describe('what happened', () => {
  it('what happened is nothing before there is a first state, and nothing between two that are alike', () => {
    expect(changesBetween(undefined, state({ kafka: 'away' }))).toEqual([]);
    expect(between({}, {})).toEqual([]);
  });

  it.each<[string, Partial<Part>, Partial<Part>, readonly string[]]>([
    [
      'has ended',
      {},
      { state: 'starting', pid: null, since: null, ends: 1, last_end: 'it ended with SIGKILL' },
      ['ingest has ended: it ended with SIGKILL'],
    ],
    [
      'is there again',
      { state: 'starting', pid: null, since: null, ends: 1 },
      { pid: 2, ends: 1 },
      ['ingest is there again, as process 2'],
    ],
    ['is paused', {}, { state: 'paused' }, ['ingest is paused']],
    ['goes on', { state: 'paused' }, {}, ['ingest goes on']],
    [
      'was killed while it was paused',
      { state: 'paused' },
      { pid: 2, ends: 1, last_end: 'it ended with SIGKILL' },
      ['ingest has ended: it ended with SIGKILL', 'ingest is there again, as process 2'],
    ],
  ])('what happened to a part that %s is said', (_, before, now, words) => {
    expect(between({ parts: [part(before)] }, { parts: [part(now)] })).toEqual(words);
  });

  it('what happened is nothing of a part that was not known before', () => {
    expect(between({ parts: [] }, { parts: [part({ ends: 1 })] })).toEqual([]);
  });

  it('what happened names faults that begin and that are over, with what they do', () => {
    const slow = { target: 'kafka', kind: 'slow', ms: 400 } as const;
    const cut = { target: 'postgres', kind: 'cut', ms: null } as const;
    expect(between({ faults: [slow] }, { faults: [slow, cut] })).toEqual(['fault: postgres cut']);
    expect(between({ faults: [slow, cut] }, { faults: [cut] })).toEqual(['fault over: kafka slow by 400 ms']);
  });

  it('what happened names who reads a partition now', () => {
    expect(between({ members: ['one-123456', 'b'] }, { members: [null, 'b'] })).toEqual([
      'partition 0 is read by nobody',
    ]);
    expect(between({ members: [null] }, { members: ['one-123456', 'b'] })).toEqual([
      'partition 0 is read by …123456',
    ]);
  });

  it('what happened says that a server does not answer, and that it answers again', () => {
    expect(between({}, { kafka: 'ECONNREFUSED', postgres: 'away' })).toEqual([
      'Kafka does not answer: ECONNREFUSED',
      'Postgres does not answer: away',
    ]);
    expect(between({ kafka: 'away', postgres: 'away' }, { kafka: 'in another way' })).toEqual([
      'Postgres answers again',
    ]);
  });

  it('what happened says that the ledger has lost records, and that it is whole again', () => {
    const [whole, broken] = [
      { whole: true, missing: 0 },
      { whole: false, missing: 3 },
    ];
    const lost = (missing: number) => between({ ledger: whole }, { ledger: { whole: false, missing } });
    expect(lost(1)).toEqual(['1 record is missing in the ledger']);
    expect(lost(1_234)).toEqual(['1,234 records are missing in the ledger']);
    expect(between({ ledger: broken }, { ledger: whole })).toEqual(['the ledger is whole again']);
    expect(between({ ledger: null }, { ledger: broken })).toEqual([]);
  });
});
