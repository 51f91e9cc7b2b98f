// Is everything that was acknowledged there, once? Asked of Postgres, against what the clients were told.

import { QuestionBoard, type QuestionsAnswer } from '../../src/dashboard/questions/board.ts';
import type { Pool } from '../../src/db/pool.ts';
import type { ShopEvent } from '../../src/events/event.ts';
import { USUAL } from '../../src/events/whose.ts';
import { eventually } from '../support/eventually.ts';
import { testLog } from '../support/log.ts';
import { recountProblems } from '../support/recount.ts';
import { questionProblems } from '../support/recount-questions.ts';
import type { Acknowledged } from './load.ts';

export type Verdict = {
  readonly acknowledged: number;
  readonly stored: number;
  readonly setAside: number;
  /** Acknowledged, and neither stored nor set aside. */
  readonly lost: number;
  /** Rows of the table or of the dead letters beyond one for each event or record. */
  readonly doubled: number;
  /** Views that differ from a recount of the raw events. */
  readonly wrongViews: readonly string[];
  /** Questions whose answer differs from a recount of the raw events. */
  readonly wrongAnswers: readonly string[];
  /** Rows of acknowledged events that say what nobody sent, and events that were set aside although they are what is stored. */
  readonly changed: readonly string[];
};

/** What a verdict has to say. */
export const NOTHING_WRONG = { lost: 0, doubled: 0, wrongViews: [], wrongAnswers: [], changed: [] } as const;

/** True once as many rows are there as there will ever be. */
export async function isDrained(pool: Pool, acknowledged: Acknowledged): Promise<boolean> {
  const { events, malformed, rivals } = acknowledged;
  const { rows } = await pool.query<{ stored: number }>(
    'SELECT count(*) AS stored FROM events WHERE topic IS NOT NULL',
  );
  const aside = await readDeadLetters(pool);
  const conflicts = new Set(rivals.map(contentOf)).size;
  return (
    (rows[0]?.stored ?? 0) >= events.size &&
    aside.payloads.size >= malformed.size &&
    aside.conflicts.size >= conflicts
  );
}

/** Compares; `acknowledged` and the database must be at rest. */
export async function judge(pool: Pool, { events, malformed, rivals }: Acknowledged): Promise<Verdict> {
  const stored = await readStored(pool);
  const letters = await readDeadLetters(pool);
  const sent = new Set([...events.values(), ...rivals].map(contentOf));
  const lostEvents = [...sent].filter((one) => !stored.contents.has(one) && !letters.conflicts.has(one));
  const lostMalformed = [...malformed].filter((payload) => !letters.payloads.has(payload));
  // What is stored of an acknowledged order_id was sent, and what was set aside is not what is stored. Others may have sent
  // events too: a page that the test opens.
  const changed = [
    ...[...stored.contents].filter((one) => events.has(one.slice(0, ID_DIGITS)) && !sent.has(one)),
    ...[...letters.conflicts].filter((one) => !sent.has(one) || stored.contents.has(one)),
  ];
  return {
    acknowledged: sent.size + malformed.size,
    stored: stored.contents.size,
    setAside: letters.payloads.size + letters.conflicts.size,
    lost: lostEvents.length + lostMalformed.length,
    doubled: stored.doubled + letters.doubled,
    wrongViews: await recountProblems(pool),
    wrongAnswers: await questionProblems(pool, await answerQuestions(pool)),
    changed,
  };
}

/** What the table of events says, and how many rows it has beyond one for each order_id. */
async function readStored(pool: Pool): Promise<{ contents: ReadonlySet<string>; doubled: number }> {
  const { rows } = await pool.query<ShopEvent>(
    `SELECT order_id, user_id, page_id, product, site_version, "time", title, target FROM events WHERE topic IS NOT NULL`,
  );
  const ids = new Set(rows.map(({ order_id }) => order_id));
  return { contents: new Set(rows.map(contentOf)), doubled: rows.length - ids.size };
}

type Letters = {
  /** Of messages that are no events. */
  readonly payloads: ReadonlySet<string>;
  /** Of events whose order_id another event has. */
  readonly conflicts: ReadonlySet<string>;
  /** Letters beyond one for each record. */
  readonly doubled: number;
};

async function readDeadLetters(pool: Pool): Promise<Letters> {
  const { rows } = await pool.query<{ conflict: boolean; payload: Buffer; record: string }>(
    `SELECT code = 'order_id_conflict' AS conflict, payload,
       concat_ws(' ', cluster_id, topic, "partition", "offset") AS record FROM dead_letters`,
  );
  const payloads = rows.filter(({ conflict }) => !conflict).map(({ payload }) => payload.toString());
  const conflicts = rows
    .filter(({ conflict }) => conflict)
    .map(({ payload }) => JSON.parse(payload.toString()));
  const records = new Set(rows.map(({ record }) => record));
  return {
    payloads: new Set(payloads),
    conflicts: new Set(conflicts.map(contentOf)),
    doubled: rows.length - records.size,
  };
}

const ID_DIGITS = 32;

/** The columns of an event as one text, its order_id first. Context isn't among them: the collector adds to it. */
const contentOf = (event: Omit<ShopEvent, 'context'>): string =>
  [
    ...[event.order_id, event.user_id, event.page_id].map((id) => id.replaceAll('-', '')),
    event.product,
    event.site_version,
    new Date(event.time).toISOString(),
    event.title,
    event.target,
  ].join(' ');

/** Once the people of loaded files are counted too. */
function answerQuestions(pool: Pool): Promise<QuestionsAnswer> {
  const board = new QuestionBoard(pool, testLog, USUAL);
  return eventually(async () => {
    const answer = await board.answer();
    return answer.meta.counting ? undefined : answer;
  });
}
