// Feeds the live panels: windows that follow what is stored, for whoever looks, and for a while after. Raw events are shown nearly
// as soon as they are stored, and what is counted of them a few times a second at most, however many commits and readers there are.
// Postgres has all of it: windows that nobody has looked at are read from there when somebody does. The panels are in
// ../panels/panels.ts.

import type { Request, Response } from 'express';
import { logKeptSince } from '../../behaviour/log.ts';
import type { Stored } from '../../db/change.ts';
import type { Feed } from '../../db/change-bus.ts';
import { levelOf } from '../../db/errors.ts';
import type { Pool } from '../../db/pool.ts';
import type { Countries } from '../../enrichment/country.ts';
import { type Whose, whoseKey } from '../../events/whose.ts';
import { type Stream, type Streams, sseMessage } from '../../http/sse.ts';
import type { Logger } from '../../runtime/log.ts';
import { Soon } from '../../runtime/soon.ts';
import { mayHaveEvents } from '../followers.ts';
import { readPanels } from '../panels/panels.ts';
import { freshnessOf, type PanelsAnswer } from './answer.ts';
import { Audience } from './audience.ts';
import type { Reached } from './freshness.ts';
import type { ConsumerLag } from './lag.ts';
import { type NewEvents, type Position, type ReadUpTo, readNew, readWindows, readWindowsAt } from './read.ts';

const RAW_MS = 20;
/** Ingest stores what it has fetched of several partitions at once: a look after the first commit would have the others wait for the next. */
const GATHER_MS = 8;
/** What each event of a look adds to the pace, and where that ends: of 5,000 events a second nobody sees one, and each look costs some. */
const RAW_MS_AN_EVENT = 0.2;
const LONGEST_RAW_MS = 1_000;
const FLUSH_MS = 250;
const CLOCK_MS = 1_000;
/** Windows are kept up so long after the last reader has gone. */
const KEPT_MS = 60_000;

const NOWHERE: Position = { snapshot: '1:1:', offsets: {} };

export class PanelFeed implements Feed {
  readonly #pool: Pool;
  readonly #streams: Streams;
  readonly #countries: Countries;
  readonly #log: Logger;
  readonly #now: () => number;
  readonly #lag: ConsumerLag | undefined;
  #audiences = new Map<string, Audience>();
  #upTo: ReadUpTo | undefined;
  /** Events that the last look has read. */
  #read = 0;
  readonly #rawSoon = new Soon(
    () => Math.min(Math.max(RAW_MS, this.#read * RAW_MS_AN_EVENT), LONGEST_RAW_MS),
    () => this.#lookInTurn(() => this.#tellNew()),
    GATHER_MS,
  );
  readonly #flushSoon = new Soon(FLUSH_MS, () => this.#flushInTurn());
  #lastNow = 0;
  /** Looks come one after the other. */
  #looking: Promise<void> = Promise.resolve();
  /** Counts are read beside the looks: raw events don't wait for them. */
  #flushing: Promise<void> = Promise.resolve();
  #clock: NodeJS.Timeout | undefined;

  /**
   * @param lag looked at once a second while somebody reads
   * @param now the clock that windows fall by, milliseconds since 1970
   */
  constructor(
    pool: Pool,
    streams: Streams,
    countries: Countries,
    log: Logger,
    lag?: ConsumerLag,
    now = Date.now,
  ) {
    this.#pool = pool;
    this.#streams = streams;
    this.#countries = countries;
    this.#log = log;
    this.#lag = lag;
    this.#now = now;
  }

  stored(change?: Stored): void {
    if (this.#audiences.size === 0) return;
    if (mayHaveEvents(change)) this.#rawSoon.call();
    else this.#flushSoon.call();
  }

  /** Faults have begun or ended: GET /api/faults has them. */
  faults(): void {
    const message = sseMessage('faults', {});
    for (const audience of this.#audiences.values()) audience.write(message);
  }

  /** Answers GET /api/live/panels/stream: all panels at once, then what changes. */
  open(req: Request, res: Response, whose: Whose): void {
    let isOpen = true;
    const stream = this.#streams.open(req, res, () => {
      isOpen = false;
      this.#leave(whose, stream);
    });
    void this.#inTurn(async () => {
      if (!isOpen) return;
      const audience = await this.#audienceOf(whose);
      // Who reads already is told first what the snapshot has: from here on all are told the same, and nobody twice.
      audience.tellRaw();
      if (audience.readers.size === 0) audience.freshness.forget();
      const answer = await this.#answer(audience);
      if (!isOpen) return;
      stream.send('panels', answer);
      audience.readers.add(stream);
    }).catch((error) => this.#log.debug({ err: error }, 'a reader of the live panels was told nothing'));
  }

  /** All panels now. @throws pg's error */
  async answer(whose: Whose): Promise<PanelsAnswer> {
    return this.#inTurn(async () => {
      const audience = await this.#audienceOf(whose);
      audience.touch();
      return this.#answer(audience);
    });
  }

  /** All panels as of an instant, from Postgres alone. */
  async answerAt(whose: Whose, atMs: number): Promise<PanelsAnswer> {
    const { events, read } = await readWindowsAt(this.#pool, atMs, this.#lag?.ingested, undefined, whose);
    const { windows, freshness } = new Audience(whose, atMs, events);
    const known = this.#audiences.get(whoseKey(whose))?.freshness;
    const answer = await this.#present({ windows, whose, freshness: known ?? freshness }, atMs, read);
    const since = await logKeptSince(this.#pool);
    return { ...answer, meta: { ...answer.meta, log_since: since ?? null } };
  }

  async close(): Promise<void> {
    clearInterval(this.#clock);
    this.#rawSoon.close();
    this.#flushSoon.close();
    this.#audiences.clear();
    await Promise.all([this.#looking, this.#flushing]);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#looking.then(work);
    this.#looking = done.then(
      () => {},
      () => {},
    );
    return done;
  }

  #leave(whose: Whose, stream: Stream): void {
    this.#audiences.get(whoseKey(whose))?.leave(stream);
  }

  async #audienceOf(whose: Whose): Promise<Audience> {
    await this.#takeNew();
    const known = this.#audiences.get(whoseKey(whose));
    if (known !== undefined) return known;
    const now = this.#now();
    const upTo = this.#audiences.size === 0 ? undefined : this.#upTo;
    const { events, since } = await readWindows(this.#pool, now, upTo, this.#lag?.ingested, whose);
    const audience = new Audience(whose, now, events);
    // The other windows get what this read has seen and they have not: so all of them go on from one place.
    this.#takeRead(since);
    this.#audiences.set(whoseKey(whose), audience);
    this.#clock ??= setInterval(() => this.#tick(), CLOCK_MS);
    return audience;
  }

  /** Hands the events that were stored since the last look to all windows. */
  async #takeNew(): Promise<void> {
    if (this.#upTo === undefined || this.#audiences.size === 0) return;
    this.#takeRead(await readNew(this.#pool, this.#upTo, this.#lag?.ingested));
  }

  #takeRead({ events, upTo }: NewEvents): void {
    this.#read = events.length;
    this.#upTo = upTo;
    for (const audience of this.#audiences.values()) audience.take(events);
  }

  #tick(): void {
    for (const [key, audience] of this.#audiences)
      if (audience.isLeftFor(KEPT_MS)) this.#audiences.delete(key);
    if (this.#audiences.size === 0) {
      clearInterval(this.#clock);
      this.#clock = undefined;
    }
    if (![...this.#audiences.values()].some(({ readers }) => readers.size > 0)) return;
    void this.#lag?.look();
    this.#rawSoon.call();
  }

  #lookInTurn(look: () => Promise<void>): Promise<void> {
    return this.#inTurn(look).catch((error) => this.#noLook(error));
  }

  #flushInTurn(): Promise<void> {
    this.#flushing = this.#flush().catch((error) => this.#noLook(error));
    return this.#flushing;
  }

  #noLook(error: unknown): void {
    this.#log[levelOf(error)]({ err: error }, 'no look at the live panels');
  }

  /** Takes new events, and tells of them; what is counted of them follows. */
  async #tellNew(): Promise<void> {
    await this.#takeNew();
    for (const audience of this.#audiences.values()) if (audience.readers.size > 0) audience.tellRaw();
    this.#flushSoon.call();
  }

  /** Tells of all that is counted. */
  async #flush(): Promise<void> {
    // Windows don't go back: after a clock that was set back they are read anew.
    const now = this.#now();
    if (now < this.#lastNow - CLOCK_MS) await this.#inTurn(() => this.#readAnew());
    this.#lastNow = now;
    for (const audience of this.#audiences.values())
      if (audience.readers.size > 0) await this.#tell(audience);
  }

  async #readAnew(): Promise<void> {
    const before = [...this.#audiences.values()];
    this.#audiences = new Map();
    this.#upTo = undefined;
    for (const { whose, readers } of before) {
      const audience = await this.#audienceOf(whose);
      for (const reader of readers) audience.readers.add(reader);
    }
  }

  async #tell(audience: Audience): Promise<void> {
    const readers = [...audience.readers];
    const reached = await this.#reached(audience);
    const ages = audience.freshness.told(this.#now(), reached);
    audience.tellCounts(await this.#answer(audience), ages, readers);
  }

  /** How far those are for whom events wait. */
  async #reached({ freshness }: Audience): Promise<Reached | undefined> {
    return freshness.waits ? this.#lag?.reached() : undefined;
  }

  #answer(audience: Audience): Promise<PanelsAnswer> {
    return this.#present(audience, this.#now(), this.#upTo ?? NOWHERE);
  }

  async #present(
    { windows, whose, freshness }: Pick<Audience, 'windows' | 'whose' | 'freshness'>,
    atMs: number,
    { offsets, snapshot }: Position,
  ): Promise<PanelsAnswer> {
    const rows = await readPanels({
      pool: this.#pool,
      windows: windows.panels(atMs),
      countries: this.#countries,
      whose,
      atMs,
      counted: snapshot,
    });
    return {
      ...rows,
      meta: {
        as_of: new Date(atMs).toISOString(),
        ...whose,
        offsets,
        counted: snapshot,
        freshness: freshnessOf(freshness, this.#lag?.newest ?? null, this.#now()),
        lag: this.#lag?.newest ?? null,
        attribution: this.#countries.attribution ?? null,
        log_since: null,
      },
    };
  }
}
