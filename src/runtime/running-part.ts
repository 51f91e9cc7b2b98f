/** A part that runs. */
export type RunningPart = {
  /** Ends it in order: nothing that was acknowledged is lost. */
  close(): Promise<void>;
  /** Rejects, or settles, where the part ends without being asked to; absent where it can't. */
  readonly ended?: Promise<void>;
  /** What it has counted, as Prometheus reads it; absent where it counts nothing that others tell. */
  figures?(): Promise<string>;
};
