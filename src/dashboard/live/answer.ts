// What the live panels answer and tell: their rows, as of when and up to where these are counted, and how fresh each panel is.

import type { Panel } from '../panels/panel.ts';
import { PANEL_NAMES, PANELS, type PanelName, type PanelRows } from '../panels/panels.ts';
import type { AgesBySource, Freshness, Percentiles, Source } from './freshness.ts';
import type { Lag } from './lag.ts';
import type { Offsets } from './read.ts';

/** As /api/live/panels answers. */
export type PanelsAnswer = PanelRows & {
  readonly meta: {
    readonly as_of: string;
    readonly robots: string;
    readonly simulated: string;
    /** Ingest's next offset of each partition: all events below are counted, and none from there on. */
    readonly offsets: Offsets;
    /** Postgres's snapshot of what is counted, for whoever asks what is behind a bar. */
    readonly counted: string;
    /** Milliseconds from Kafka's acknowledgement to the message of the stream that counts it, of the last minute's events. */
    readonly freshness: Percentiles & { readonly panels: Readonly<Record<PanelName, PanelFreshness>> };
    /** About a second old; null where it is not known. */
    readonly lag: Lag;
    readonly attribution: string | null;
    /** Of a look back: since when the log of moves is kept, where an earlier version deleted those before; null where it is whole, and now. */
    readonly log_since: string | null;
  };
};

/** Of the events that a panel shows. */
export type PanelFreshness = Percentiles & {
  /** Records that wait in Kafka for the panel's consumer; null where it is not known. */
  readonly lag: number | null;
};

/** As the stream tells it: with the ages of what it counts for the first time. */
export type Told = Omit<PanelsAnswer, 'raw' | 'meta'> & {
  readonly meta: PanelsAnswer['meta'] & { readonly ages: AgesBySource };
};

const CONSUMERS: Readonly<Record<Source, keyof NonNullable<Lag>>> = {
  events: 'ingest',
  clicks: 'ingest',
  sessions: 'sessions',
  moves: 'offers',
};

const NOTHING_CAME: Percentiles = { p50_ms: null, p99_ms: null };

/** How fresh each panel is, and all of them by the events alone. */
export function freshnessOf(
  freshness: Freshness,
  lag: Lag,
  nowMs: number,
): PanelsAnswer['meta']['freshness'] {
  const bySource = freshness.bySource(nowMs);
  const of = (source: Source) => bySource.get(source) ?? NOTHING_CAME;
  const panels = PANEL_NAMES.map((name) => {
    const source = (PANELS[name] as Panel).of;
    return [name, { ...of(source), lag: lag?.[CONSUMERS[source]] ?? null }] as const;
  });
  return { ...of('events'), panels: Object.fromEntries(panels) as Record<PanelName, PanelFreshness> };
}
