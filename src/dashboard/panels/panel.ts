// What a live panel is: its words, its rows now or as of an instant, and the rows behind its bars. One file a panel; panels.ts lists
// them, and the API, its description, CSV, the page and its drawing go by that list.

import type { z } from 'zod';
import type { Pool } from '../../db/pool.ts';
import type { Countries } from '../../enrichment/country.ts';
import type { Whose } from '../../events/whose.ts';
import type { Source } from '../live/freshness.ts';
import type { WindowPanels } from '../live/windows.ts';

export type Row = Readonly<Record<string, unknown>>;

/** What a panel is read from. */
export type PanelSource = {
  readonly pool: Pool;
  /** At `atMs`, of `whose` events. */
  readonly windows: WindowPanels;
  readonly countries: Countries;
  readonly whose: Whose;
  readonly atMs: number;
  /** Postgres's snapshot of what is counted. */
  readonly counted: string;
};

/** Which bar somebody asks about. */
export type AskedBar = {
  /** The fields of `bars.of`, joined with "/". */
  readonly of: string;
  /** Of panels that have more than one count. */
  readonly count: string;
  readonly whose: Whose;
  readonly atMs: number;
  /** Postgres's snapshot of what the bar counts; undefined: of now. */
  readonly counted?: string | undefined;
};

/** How the page draws rows as bars (public/js/panels/page.js). */
export type Bars = {
  /** Columns stand for spans of time from a row's `from` on, the last of which is not over; lines lie and have names. */
  readonly as: 'columns' | 'lines';
  /** The fields that tell a bar from the others. */
  readonly of: readonly string[];
  /** The field that names a line; `product` is written as the category's name. */
  readonly name?: string;
  /** What is counted, by field, with the noun for one and for many; the reader chooses where there are several. */
  readonly counts: Readonly<Record<string, readonly [one: string, many: string]>>;
  /** The sentence above the bars: the sum and these words, the two newest columns, or the name of the first line. */
  readonly reading: { readonly sum: string } | 'newest' | 'first';
  /** The sentence where nothing is counted. */
  readonly empty: string;
};

export type Panel<R extends object = object> = {
  readonly title: string;
  /** What is counted, in one line. */
  readonly unit: string;
  /** What it is derived from: the age of that, and the lag of its consumer, are the freshness of the panel. */
  readonly of: Source;
  /** Neighbours that are stacked share one third of the page. */
  readonly width: 'half' | 'third' | 'stacked' | 'whole';
  /** Of a row, as CSV has them. */
  readonly columns: readonly string[];
  /** Schema of the rows, for the description of the API. */
  readonly rows: z.ZodType;
  read(source: PanelSource): readonly R[] | Promise<readonly R[]>;
  /** Where nothing is shown: the page of the shop on which the first event is made. */
  readonly begin: { readonly path: string; readonly words: string };
  readonly bars?: Bars;
  /** True where the section has more than bars: views/partials/panels/<name>.ejs, drawn by public/js/panels/lists.js. */
  readonly hasPartial?: boolean;
  readonly behind?: {
    readonly columns: readonly string[];
    /**
     * Exactly the rows that the bar's number counts.
     * @throws {HttpError} 400 where there is no such bar
     */
    read(pool: Pool, asked: AskedBar): Promise<readonly Row[]>;
  };
};

export const OPEN_SHOP = { path: '/', words: 'Open the shop' } as const;
export const CLICK_BANNER = { path: '/', words: 'Click a banner in the shop' } as const;

/** A panel, its rows typed by what read() returns. */
export const panel = <R extends object>(given: Panel<R>): Panel<R> => given;
