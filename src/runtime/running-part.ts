// A running part of the program, as its supervisor sees it.

/** The metric by which /readyz, in another process, recognises a part that keeps ending. */
export const QUICK_ENDS = 'shopstream_part_quick_ends';

/** A part that runs. */
export type RunningPart = {
  /** Its process; absent where it runs in the program's own. */
  readonly pid?: number | undefined;
  /** Ends it in order: nothing that was acknowledged is lost. */
  close(): Promise<void>;
  /** Rejects, or settles, where the part ends without being asked to; absent where it can't. */
  readonly ended?: Promise<void>;
  /** Its metrics in Prometheus's format; absent where it has none. */
  metrics?(): Promise<string>;
};
