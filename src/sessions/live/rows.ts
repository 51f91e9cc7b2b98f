// Rows of live sessions in Postgres: their columns, and the column `marks`, which says whose a session is.

/** The owner of sessions: a visitor, or a robot, whose events may have the same id. */
export type Visitor = {
  readonly userId: string;
  readonly robot: boolean;
  /** Taken from the first event of the visitor's first session. */
  readonly simulated: boolean;
};

/** SQL of the time of a session's last event, in milliseconds since 1970; the index by time has this expression. */
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

/** Values of `marks`; NULL stands for a person who is not simulated. */
const MARKS = { robot: 'r', simulated: 's', both: 'b' } as const;

/** The value of `marks` for an owner. */
export function marksOf({ robot, simulated }: Visitor): string | null {
  if (robot && simulated) return MARKS.both;
  if (robot) return MARKS.robot;
  return simulated ? MARKS.simulated : null;
}

/** Stands for NULL where marks are part of a key. */
export const NO_MARKS = '-';

/** SQL condition on the owner. @param robot, simulated SQL booleans as whoseIs() gives them; NULL matches both */
export const isWhose = (robot: string, simulated: string): string =>
  `(${robot} IS NULL OR ${robot} = (coalesce(marks, '-') IN ('${MARKS.robot}', '${MARKS.both}')))
   AND (${simulated} IS NULL OR ${simulated} = (coalesce(marks, '-') IN ('${MARKS.simulated}', '${MARKS.both}')))`;

/** The owner that `marks` stands for. */
export const ownerOf = ({ marks }: Pick<SessionRow, 'marks'>): Pick<Visitor, 'robot' | 'simulated'> => ({
  robot: marks === MARKS.robot || marks === MARKS.both,
  simulated: marks === MARKS.simulated || marks === MARKS.both,
});
