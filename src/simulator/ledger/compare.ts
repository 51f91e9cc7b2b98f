// Compares the ledger with Kafka and Postgres, event by event. Pure: each difference is a line that names the record. A
// record may be in Kafka twice, as an unacknowledged one is sent again; it must be counted once.

import type { LedgerEntry } from './entry.ts';
import type { Ledger } from './read.ts';
import type { SetAside, StoredRow } from './rows.ts';
import type { Found, RecordPlace } from './topic.ts';

export type Counted = {
  readonly stored: number;
  readonly duplicate: number;
  /** By code. */
  readonly setAside: ReadonlyMap<string, number>;
};
export type Comparison = { readonly differences: readonly string[]; readonly counted: Counted };

type Evidence = {
  readonly found: Found;
  readonly rows: ReadonlyMap<string, StoredRow>;
  readonly setAside: readonly SetAside[];
};

const placeKey = ({ partition, offset }: RecordPlace) => `${partition}/${offset}`;
const isTaken = ({ expect }: LedgerEntry) => expect === 'stored' || expect === 'duplicate';

/** The differences between a ledger and the evidence, with counts. */
export function compare(ledger: Ledger, evidence: Evidence): Comparison {
  const comparing = new Comparing(ledger, evidence);
  for (const entry of ledger.entries) comparing.check(entry);
  comparing.checkLength();
  if (ledger.ended && ledger.head.target === 'kafka') comparing.findUnknown();
  return comparing;
}

class Comparing implements Comparison {
  readonly differences: string[] = [];
  readonly counted = { stored: 0, duplicate: 0, setAside: new Map<string, number>() };
  readonly #ledger: Ledger;
  readonly #evidence: Evidence;
  /** Code of the dead letter by place. */
  readonly #codes: ReadonlyMap<string, string>;
  /** Places of batches that can't be decompressed, by the record's number in their bytes. */
  readonly #poisoned: ReadonlyMap<string, readonly RecordPlace[]>;
  /** Places of the records with the order_id of an expected row. */
  readonly #places = new Map<string, Set<string>>();
  readonly #rowsSeen = new Set<string>();

  constructor(ledger: Ledger, evidence: Evidence) {
    this.#ledger = ledger;
    this.#evidence = evidence;
    this.#codes = new Map(evidence.setAside.map((one) => [placeKey(one), one.code]));
    this.#poisoned = poisonPlaces(evidence.setAside);
    for (const entry of ledger.entries.filter(isTaken)) {
      const known = this.#places.get(entry.order_id ?? '') ?? new Set();
      for (const place of this.#placesOf(entry)) known.add(placeKey(place));
      this.#places.set(entry.order_id ?? '', known);
    }
  }

  /** Compares one line of the ledger. */
  check(entry: LedgerEntry): void {
    const { order_id: orderId, expect } = entry;
    // The shop has made this event, and its page did not say its order_id.
    if (orderId === null) return;
    const places = this.#placesOf(entry);
    this.#checkKafka(entry, places);
    if (isTaken(entry)) this.#checkRow(entry, orderId, places);
    else if (places.length > 0 || expect !== 'undecodable') this.#checkSetAside(entry, orderId, places);
  }

  /** Finds out whether a line is missing, which nothing else shows of the shop's own records. */
  checkLength(): void {
    const { sends, entries } = this.#ledger;
    if (sends !== undefined && sends !== entries.length)
      this.differences.push(`the ledger has ${entries.length} records, and its last line says ${sends}`);
  }

  /** Finds records with the run's id that are not in its ledger. */
  findUnknown(): void {
    const known = new Set(this.#ledger.entries.map(({ n }) => String(n)));
    for (const n of [...this.#evidence.found.keys(), ...this.#poisoned.keys()])
      if (!known.has(n)) this.differences.push(`n ${n}: is in Kafka, and not in the ledger`);
  }

  #report({ n, order_id }: LedgerEntry, text: string): void {
    this.differences.push(`n ${n} (${order_id ?? 'order_id unknown'}): ${text}`);
  }

  #placesOf(entry: LedgerEntry): readonly RecordPlace[] {
    const { n, order_id, expect } = entry;
    if (expect === 'undecodable') return this.#poisoned.get(String(n)) ?? [];
    const { found } = this.#evidence;
    const ofShop =
      this.#ledger.head.target === 'http' && isTaken(entry) ? found.get(order_id ?? '') : undefined;
    // Events to be set aside went past the shop, and so did the visits of a scenario.
    return ofShop ?? found.get(String(n)) ?? [];
  }

  #checkKafka(entry: LedgerEntry, places: readonly RecordPlace[]): void {
    const { expect, partition, offset } = entry;
    if (places.length === 0)
      this.#report(entry, expect === 'undecodable' ? 'its batch was not set aside' : 'is not in Kafka');
    else if (offset !== undefined && !places.some((place) => placeKey(place) === `${partition}/${offset}`))
      this.#report(entry, `was acknowledged at ${partition}/${offset}, and is not there in Kafka`);
  }

  #checkSetAside(entry: LedgerEntry, orderId: string, places: readonly RecordPlace[]): void {
    const { expect } = entry;
    const { setAside } = this.counted;
    const codes = places.map((place) => this.#codes.get(placeKey(place)));
    for (const [index, code] of codes.entries()) {
      if (code === expect) continue;
      const came = code === undefined ? 'was not set aside' : `was set aside as ${code}`;
      this.#report(entry, `at ${placeKey(places[index] as RecordPlace)}: ${came}, expected ${expect}`);
    }
    if (codes.includes(expect)) setAside.set(expect, (setAside.get(expect) ?? 0) + 1);
    this.#expectNoRow(entry, orderId, `is a row, expected ${expect}`);
  }

  /** Expects no row, unless another record with the order_id is to be stored. */
  #expectNoRow(entry: LedgerEntry, orderId: string, text: string): void {
    if (this.#evidence.rows.has(orderId) && !this.#places.has(orderId)) this.#report(entry, text);
  }

  #checkRow(entry: LedgerEntry, orderId: string, places: readonly RecordPlace[]): void {
    for (const place of places) {
      const code = this.#codes.get(placeKey(place));
      if (code !== undefined)
        this.#report(entry, `at ${placeKey(place)}: was set aside as ${code}, expected ${entry.expect}`);
    }
    const row = this.#evidence.rows.get(orderId);
    if (row === undefined) {
      this.#report(entry, 'is not in the table, expected a row');
      return;
    }
    this.counted[this.#rowsSeen.has(orderId) ? 'duplicate' : 'stored'] += 1;
    this.#rowsSeen.add(orderId);
    for (const problem of rowProblems(entry, row, this.#places.get(orderId))) this.#report(entry, problem);
  }
}

function rowProblems(entry: LedgerEntry, row: StoredRow, places: ReadonlySet<string> | undefined): string[] {
  const problems: string[] = [];
  if (row.content !== entry.content) problems.push('its row differs from the event');
  if (entry.time !== 0 && row.time !== entry.time)
    problems.push(
      `its row has the time ${new Date(row.time).toISOString()}, expected ${new Date(entry.time).toISOString()}`,
    );
  if (places !== undefined && places.size > 0 && !places.has(placeKey(row)))
    problems.push(`its row has the origin ${placeKey(row)}, where Kafka does not have it`);
  return problems;
}

function poisonPlaces(setAside: readonly SetAside[]): Map<string, RecordPlace[]> {
  const places = new Map<string, RecordPlace[]>();
  for (const one of setAside) {
    if (one.poison === null) continue;
    const known = places.get(one.poison);
    if (known === undefined) places.set(one.poison, [one]);
    else known.push(one);
  }
  return places;
}
