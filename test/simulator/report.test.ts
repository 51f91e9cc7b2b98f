import { describe, expect, it } from 'vitest';
import { version } from '../../src/runtime/version.ts';
import { fitRoles } from '../../src/simulator/core/fit.ts';
import { PERSONAS } from '../../src/simulator/core/personas.ts';
import type { Comparison } from '../../src/simulator/ledger/compare.ts';
import type { LedgerEntry } from '../../src/simulator/ledger/entry.ts';
import type { Ledger } from '../../src/simulator/ledger/read.ts';
import {
  describeComparison,
  describeRun,
  funnelLines,
  msText,
  unmetExpectations,
} from '../../src/simulator/report.ts';
import type { SystemFault } from '../../src/simulator/system-faults.ts';
import { Tally } from '../../src/simulator/tally.ts';

const options = { expect: {}, target: 'kafka', personas: [] } as const;

function tallyOf(sends: number): Tally {
  const tally = new Tally();
  for (let n = 0; n < sends; n++) tally.add({ expect: 'stored', faults: [] });
  return tally;
}

const reportOf = (tally: Tally, took = 2_000) =>
  describeRun(options, { run: 'r1', file: '/data/run-r1.ndjson', tally, took }, 'npm run …');

describe('milliseconds', () => {
  it.each([
    [undefined, '-'],
    [0.04, '0.0 ms'],
    [9.94, '9.9 ms'],
    [10, '10 ms'],
    [1234.5, '1,235 ms'],
  ])('%d are written %s', (ms, text) => {
    expect(msText(ms)).toBe(text);
  });
});

describe('the report of a run', () => {
  it('the report of a run has its rate, its latencies, its faults, and how it is repeated and verified', () => {
    const tally = tallyOf(1_500);
    tally.add({ expect: 'duplicate', faults: ['duplicate', 'late'] });
    tally.latency(3);
    const { lines, failures } = reportOf(tally);
    expect(failures).toEqual([]);
    expect(lines[0]).toMatch(
      /^run r1: 1,501 events in 2\.0 s, 750\.5\/s; latency p50 3\.\d ms, p99 3\.\d ms; 0 missed starts, 0 errors$/,
    );
    expect(lines.slice(1)).toEqual([
      'injected: duplicate 1, late 1',
      'expected: stored 1,500, duplicate 1',
      `again, with version ${version}: npm run …`,
      'ledger: /data/run-r1.ndjson; npm run simulate -- verify r1',
    ]);
  });

  it('fails where the shop turned events away, but for a run that has filled the outbox itself', () => {
    const tally = tallyOf(10);
    tally.turnedAway = 1_200;
    const words = '1,200 events were turned away: the shop had no room for them';
    expect(reportOf(tally).failures).toEqual([words]);
    const result = { run: 'r1', file: '/data/run-r1.ndjson', tally, took: 2_000 };
    const withSystem = (fault: SystemFault) =>
      describeRun({ ...options, system: [{ at: 0, fault }] }, result, '');
    const meant = withSystem({ do: 'fault', target: 'outbox', kind: 'full', seconds: 3 });
    expect(meant.failures).toEqual([]);
    expect(meant.lines).toContain(words);
    expect(withSystem({ do: 'kill', part: 'ingest' }).failures).toEqual([words]);
    expect(reportOf(tallyOf(10)).lines.join()).not.toContain('turned away');
  });

  it('the report of a run says how its funnel compares with the table and with its shoppers, or why it does not', () => {
    const tally = new Tally();
    for (const role of fitRoles(PERSONAS))
      tally.funnel.add(role, { product: 'clothes', title: 'banner_show' });
    const lines = (target: 'http' | 'kafka', personas = PERSONAS) =>
      funnelLines({ target, personas }, tally.funnel);
    expect(lines('kafka')).toEqual([
      expect.stringMatching(/^funnel against the 30 published counts: chi-square [\d.]+ at 27 degrees/),
      expect.stringMatching(/^funnel against what the personas of these shoppers lead to.*: chi-square/),
    ]);
    expect(lines('http')[0]).toContain('the shop chooses its banners itself');
    expect(lines('kafka', PERSONAS.slice(0, 1))).toEqual([expect.stringContaining('not compared')]);
  });

  it('the report of a run in which nothing was sent has words for it', () => {
    expect(reportOf(new Tally()).lines.slice(0, 3)).toEqual([
      'run r1: 0 events in 2.0 s, 0.0/s; latency p50 -, p99 -; 0 missed starts, 0 errors',
      'injected: no faults',
      'expected: nothing',
    ]);
  });

  it('fails where more than one start in a hundred came late, and where a page was not answered', () => {
    const tally = tallyOf(1_000);
    tally.missed = 10;
    expect(reportOf(tally).failures).toEqual([]);
    tally.missed = 11;
    tally.errors = 1;
    expect(reportOf(tally).failures).toEqual([
      '11 starts came more than a second late: the rate was missed',
      '1 pages were not answered as a shop does',
    ]);
  });
});

describe('the expectations of a scenario', () => {
  it('the expectations of a scenario are of outcomes, of faults, and of all that is rejected', () => {
    const tally = tallyOf(3);
    tally.add({ expect: 'not_json', faults: ['malformed'] });
    tally.add({ expect: 'too_large', faults: ['malformed'] });
    expect(unmetExpectations({ expect: { stored: 3, malformed: 2, rejected: 2, late: 0 } }, tally)).toEqual(
      [],
    );
    expect(unmetExpectations({ expect: { stored: 4, late: 1 } }, tally)).toEqual([
      'stored: 3, the scenario expects 4',
      'late: 0, the scenario expects 1',
    ]);
  });

  it('mean by duplicate the second of two sends, as both bear the fault', () => {
    const tally = new Tally();
    tally.add({ expect: 'stored', faults: ['duplicate'] });
    tally.add({ expect: 'duplicate', faults: ['duplicate'] });
    expect(unmetExpectations({ expect: { duplicate: 1 } }, tally)).toEqual([]);
  });
});

describe('the report of a verification', () => {
  const entry = (expect: LedgerEntry['expect']): LedgerEntry => ({
    n: 0,
    order_id: null,
    at: 0,
    faults: [],
    expect,
    content: '',
    time: 0,
  });
  const head = {
    run: 'r1',
    version: '1',
    command: '',
    target: 'http',
    topic: 't',
    cluster: 'c',
    from: {},
  } as const;
  const ledger = (ended: boolean): Ledger => ({
    head,
    entries: [entry('stored'), entry('stored'), entry('not_json')],
    ended,
  });
  const comparison = (differences: number): Comparison => ({
    differences: Array.from({ length: differences }, (_, n) => `difference ${n}`),
    counted: { stored: 1, duplicate: 0, setAside: new Map([['not_json', 1]]) },
  });

  it('the report of a verification sets what was counted beside what was injected', () => {
    expect(describeComparison(ledger(true), comparison(0))).toEqual([
      'run r1, target http',
      'expected                injected     counted',
      'stored                         2           1',
      'not_json                       1           1',
      '0 differences',
    ]);
  });

  it('the report of a verification shows twenty differences, and says how many more there are', () => {
    const lines = describeComparison(ledger(true), comparison(1_021));
    expect(lines.slice(-3)).toEqual(['difference 19', '… and 1,001 more', '1,021 differences']);
    expect(describeComparison(ledger(true), comparison(20)).slice(-2)).toEqual([
      'difference 19',
      '20 differences',
    ]);
  });

  it('the report of a verification says that a run was cut short', () => {
    expect(describeComparison(ledger(false), comparison(0))[0]).toContain('cut short');
  });
});
