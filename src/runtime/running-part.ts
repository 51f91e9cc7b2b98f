// What every part of the program looks like to whoever keeps it running.

/** The figure by which /readyz, in another process, hears of a part that does not stay up. */
export const QUICK_ENDS = 'shopstream_part_quick_ends';

/** A part that runs. */
export type RunningPart = {
  /** Its process; absent where it runs in the program's own. */
  readonly pid?: number | undefined;
  /** Ends it in order: nothing that was acknowledged is lost. */
  close(): Promise<void>;
  /** Rejects, or settles, where the part ends without being asked to; absent where it can't. */
  readonly ended?: Promise<void>;
  /** What it has counted, as Prometheus reads it; absent where it counts nothing that others tell. */
  metrics?(): Promise<string>;
};
