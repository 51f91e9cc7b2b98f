// What the picture says of a state: words and health of each station, rate and fault of each arrow, and all of it in one sentence.

import { followersInWords } from './followers.js';
import { bytes, exact, partHealth, partWords, short } from './format.js';

/** @typedef {import('../../../src/pipeline/state.ts').PipelineState} PipelineState */
/** @typedef {import('./places.js').Station} Station */
/** @typedef {import('./places.js').Line} Line */

/** Which part runs a station. @type {Readonly<Record<Station, string>>} */
const PART_OF = {
  shop: 'web',
  outbox: 'web',
  kafka: 'broker',
  ingest: 'ingest',
  postgres: 'postgres',
  dashboards: 'web',
};
/** Whose connections an arrow stands for, by the station it leads to. @type {Readonly<Partial<Record<Line['to'], string>>>} */
const SERVER_OF = {
  kafka: 'kafka',
  ingest: 'kafka',
  postgres: 'postgres',
  dashboards: 'postgres',
  followers: 'kafka',
};
/** @type {Readonly<Partial<Record<Line['to'], (state: PipelineState) => number>>>} */
const RATE_OF = {
  outbox: ({ outbox }) => outbox.taken_per_second,
  kafka: ({ outbox }) => outbox.acknowledged_per_second,
  ingest: ({ ingest }) => ingest.read_per_second,
  postgres: ({ ingest }) => ingest.stored_per_second,
  dashboards: ({ dashboards }) => dashboards.told_per_second,
  followers: ({ followers }) => followers.read_per_second,
};

/** @param {PipelineState} state */
const isOutboxFull = ({ faults }) => faults.some(({ target }) => target === 'outbox');

/** @param {PipelineState} state  @param {string} name */
const partOf = ({ parts }, name) => parts.find(({ part }) => part === name);

/** @param {Station} name  @param {PipelineState} state */
export function healthOf(name, state) {
  if (name === 'outbox' && isOutboxFull(state)) return 'bad';
  const health = partHealth(partOf(state, PART_OF[name]));
  if (health !== 'good') return health;
  const isAway = (name === 'kafka' || name === 'postgres') && state[name].problem !== null;
  return isAway ? 'bad' : 'good';
}

/**
 * The lines of a station, its figure first; Kafka has lanes instead.
 * @param {PipelineState} state
 * @returns {Readonly<Record<Exclude<Station, 'kafka'>, readonly string[]>>}
 */
export function linesOf(state) {
  const { outbox, ingest, postgres, dashboards, ledger } = state;
  const isFull = isOutboxFull(state);
  return {
    shop: [`${short(outbox.taken_per_second)}/s`, 'events taken', partWords(partOf(state, 'web'))],
    outbox: [
      exact(outbox.waiting),
      isFull ? 'wait, no room left' : 'wait for Kafka',
      isFull
        ? `${exact(outbox.turned_away)} turned away`
        : `${bytes(outbox.bytes)} of ${bytes(outbox.most_bytes)}`,
    ],
    ingest: [
      `${short(ingest.batches_per_second)}/s`,
      ingest.records_per_batch === null ? 'batches' : `batches of ${short(ingest.records_per_batch)}`,
      partWords(partOf(state, 'ingest')),
    ],
    postgres: [
      ledger === null ? '–' : short(ledger.stored),
      'rows of this stream',
      postgres.problem === null ? partWords(partOf(state, 'postgres')) : 'does not answer',
    ],
    dashboards: [exact(dashboards.streams), dashboards.streams === 1 ? 'open stream' : 'open streams', ''],
  };
}

/** How full the outbox is, from 0 to 1. @param {PipelineState} state */
export const outboxShare = (state) =>
  isOutboxFull(state) ? 1 : Math.min(1, state.outbox.bytes / Math.max(1, state.outbox.most_bytes));

/** The title of the partitions. @param {PipelineState['kafka']} kafka  @param {number} lanes partitions that are drawn */
export function topicWords({ problem, topic, partitions }, lanes) {
  if (problem !== null) return 'does not answer';
  const more = partitions.length - lanes;
  return more > 0 ? `${topic}, and ${more} more` : topic;
}

/** A second; undefined where no part tells it: what followers write. @param {Pick<Line, 'from' | 'to'>} arrow  @param {PipelineState} state */
export const rateOf = ({ from, to }, state) => (from === 'followers' ? undefined : RATE_OF[to]?.(state));

/**
 * The fault of an arrow's connections; undefined where they have none.
 * @param {Pick<Line, 'to'>} arrow
 * @param {PipelineState} state
 */
export function faultOf({ to }, { faults }) {
  const fault = faults.find(({ target }) => target === SERVER_OF[to]);
  if (fault === undefined) return undefined;
  return { kind: fault.kind, words: fault.ms === null ? fault.kind : `+${fault.ms / 1000} s` };
}

/** The picture for who can't see it. @param {PipelineState} state */
export function inWords({ outbox, kafka, ingest, ledger, followers }) {
  const lag = kafka.partitions.reduce((sum, one) => sum + one.lag, 0);
  return `The pipe: ${exact(outbox.taken_per_second)} events a second into the shop, ${exact(outbox.waiting)} wait in the outbox, ${exact(kafka.partitions.length)} partitions with a lag of ${exact(lag)}, ${exact(ingest.stored_per_second)} a second into Postgres, ${exact(ledger?.stored)} rows.${followersInWords(followers)} The same is in the tables below.`;
}
