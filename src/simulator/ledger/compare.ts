// The ledger beside what Kafka and Postgres have, event for event. Pure: each difference is a line that names the record.
// A record may be in Kafka twice, as one that was not acknowledged is sent again; it must still count once.

import type { LedgerEntry } from './entry.ts';
import type { Ledger } from './read.ts';
import type { SetAside, StoredRow } from './rows.ts';
import type { Found, Spot } from './topic.ts';

export type Counted = {
  readonly stored: number;
  readonly duplicate: number;
  readonly refused: number;
  /** By code. */
  readonly setAside: ReadonlyMap<string, number>;
};
export type Comparison = { readonly differences: readonly string[]; readonly counted: Counted };

type Evidence = {
  readonly found: Found;
  readonly rows: ReadonlyMap<string, StoredRow>;
  readonly setAside: readonly SetAside[];
};

const spotKey = ({ partition, offset }: Spot) => `${partition}/${offset}`;
const isTaken = ({ expect }: LedgerEntry) => expect === 'stored' || expect === 'duplicate';

export function compare(ledger: Ledger, evidence: Evidence): Comparison {
  const { head, entries } = ledger;
  const differences: string[] = [];
  const say = (entry: LedgerEntry, text: string) =>
    differences.push(`n ${entry.n} (${entry.order_id ?? 'order_id unknown'}): ${text}`);
  const byKafka = head.target === 'kafka';
  const aside = new Map(evidence.setAside.map((one) => [spotKey(one), one.code]));
  const poisoned = poisonSpots(evidence.setAside);
  const spotsOf = (entry: LedgerEntry): readonly Spot[] => {
    if (entry.expect === 'undecodable') return poisoned.get(String(entry.n)) ?? [];
    return evidence.found.get(byKafka ? String(entry.n) : (entry.order_id ?? '')) ?? [];
  };
  // Every place of an event that is to be a row, over all records that bear its order_id.
  const places = new Map<string, Set<string>>();
  for (const entry of entries.filter(isTaken)) {
    const known = places.get(entry.order_id ?? '') ?? new Set();
    for (const spot of spotsOf(entry)) known.add(spotKey(spot));
    places.set(entry.order_id ?? '', known);
  }
  const counted = { stored: 0, duplicate: 0, refused: 0, setAside: new Map<string, number>() };
  const rowsSeen = new Set<string>();
  for (const entry of entries) {
    const spots = spotsOf(entry);
    const row = entry.order_id === null ? undefined : evidence.rows.get(entry.order_id);
    if (entry.order_id === null) continue;
    if (entry.expect === 'refused') {
      counted.refused += 1;
      if (row !== undefined && !places.has(entry.order_id)) say(entry, 'was refused, and is a row');
      continue;
    }
    if (spots.length === 0) {
      say(entry, entry.expect === 'undecodable' ? 'its batch was not set aside' : 'is not in Kafka');
      if (entry.expect === 'undecodable') continue;
    } else if (
      entry.offset !== undefined &&
      !spots.some((spot) => spotKey(spot) === `${entry.partition}/${entry.offset}`)
    )
      say(entry, `was acknowledged at ${entry.partition}/${entry.offset}, and is not there in Kafka`);
    if (!isTaken(entry)) {
      const codes = spots.map((spot) => aside.get(spotKey(spot)));
      for (const [index, code] of codes.entries())
        if (code !== entry.expect)
          say(
            entry,
            `at ${spotKey(spots[index] as Spot)}: ${code === undefined ? 'was not set aside' : `was set aside as ${code}`}, expected ${entry.expect}`,
          );
      if (codes.includes(entry.expect))
        counted.setAside.set(entry.expect, (counted.setAside.get(entry.expect) ?? 0) + 1);
      if (row !== undefined && !places.has(entry.order_id)) say(entry, `is a row, expected ${entry.expect}`);
      continue;
    }
    for (const spot of spots) {
      const code = aside.get(spotKey(spot));
      if (code !== undefined)
        say(entry, `at ${spotKey(spot)}: was set aside as ${code}, expected ${entry.expect}`);
    }
    if (row === undefined) {
      say(entry, 'is not in the table, expected a row');
      continue;
    }
    if (rowsSeen.has(entry.order_id)) counted.duplicate += 1;
    else counted.stored += 1;
    rowsSeen.add(entry.order_id);
    for (const problem of rowProblems(entry, row, places.get(entry.order_id))) say(entry, problem);
  }
  if (ledger.ended && byKafka) differences.push(...strangers(ledger, evidence.found, poisoned));
  return { differences, counted };
}

function rowProblems(entry: LedgerEntry, row: StoredRow, places: ReadonlySet<string> | undefined): string[] {
  const problems: string[] = [];
  if (row.content !== entry.content) problems.push('its row says something else than the event did');
  if (entry.time !== 0 && row.time !== entry.time)
    problems.push(
      `its row has the time ${new Date(row.time).toISOString()}, expected ${new Date(entry.time).toISOString()}`,
    );
  if (places !== undefined && places.size > 0 && !places.has(spotKey(row)))
    problems.push(`its row says that it came from ${spotKey(row)}, where Kafka does not have it`);
  return problems;
}

function poisonSpots(setAside: readonly SetAside[]): Map<string, Spot[]> {
  const spots = new Map<string, Spot[]>();
  for (const one of setAside) {
    if (one.poison === null) continue;
    const known = spots.get(one.poison);
    if (known === undefined) spots.set(one.poison, [one]);
    else known.push(one);
  }
  return spots;
}

/** Records that bear the run's name and are not in its ledger. */
function strangers({ entries }: Ledger, found: Found, poisoned: ReadonlyMap<string, unknown>): string[] {
  const known = new Set(entries.map(({ n }) => String(n)));
  return [...found.keys(), ...poisoned.keys()]
    .filter((n) => !known.has(n))
    .map((n) => `n ${n}: is in Kafka, and not in the ledger`);
}
