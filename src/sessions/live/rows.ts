// Rows of live sessions as Postgres has them: their columns, and whose they are, which `marks` says.

/** The owner of sessions: a visitor, or a robot, whose events may have the same id. */
export type Visitor = {
  readonly userId: string;
  readonly robot: boolean;
  /** Taken from the first event of the visitor's first session. */
  readonly simulated: boolean;
};

/** When a session's last event was, in milliseconds: SQL that the index by time has. */
export const ENDED_MS = '(started_ms + coalesce(long_ms, lasted_ms))';

export type SessionRow = {
  readonly id: number;
  readonly user_id: string;
  readonly marks: string | null;
  readonly started_ms: number;
  readonly ended_ms: number;
  readonly events: number;
  readonly revision: number;
};

/** SQL of a SessionRow. */
export const COLUMNS = `id, user_id, marks, events, revision, started_ms, ${ENDED_MS} AS ended_ms`;

/** What `marks` says of the owner; null of most. */
const MARKS = { robot: 'r', simulated: 's', both: 'b' } as const;

/** What a row of these sessions has in `marks`. */
export function marksOf({ robot, simulated }: Visitor): string | null {
  if (robot && simulated) return MARKS.both;
  if (robot) return MARKS.robot;
  return simulated ? MARKS.simulated : null;
}

/** In place of NULL, where marks are part of a key. */
export const NO_MARKS = '-';

/** SQL that is true for the sessions that are wanted, as whoseIs() has it. */
export const isWhose = (robot: string, simulated: string): string =>
  `(${robot} IS NULL OR ${robot} = (coalesce(marks, '-') IN ('${MARKS.robot}', '${MARKS.both}')))
   AND (${simulated} IS NULL OR ${simulated} = (coalesce(marks, '-') IN ('${MARKS.simulated}', '${MARKS.both}')))`;

/** What `marks` of a row says. */
export const ownerOf = ({ marks }: Pick<SessionRow, 'marks'>): Pick<Visitor, 'robot' | 'simulated'> => ({
  robot: marks === MARKS.robot || marks === MARKS.both,
  simulated: marks === MARKS.simulated || marks === MARKS.both,
});
