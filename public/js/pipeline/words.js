// What the page says of a state beside the picture: the ledger's verdict, the parts, the partitions, the faults that run.

import { exact, memberName } from './format.js';

/** @typedef {import('../../../src/pipeline/state.ts').PipelineState} PipelineState */

/**
 * What a state has at a path of names.
 * @param {object} state
 * @param {string} path outbox.bytes
 * @returns {number | null | undefined} undefined where there is nothing, or nothing on the way to it
 */
export function valueAt(state, path) {
  let value = /** @type {unknown} */ (state);
  for (const key of path.split('.')) value = /** @type {Record<string, unknown> | null} */ (value)?.[key];
  return /** @type {number | null | undefined} */ (value);
}

/** @param {PipelineState['ledger']} ledger */
export function verdictOf(ledger) {
  if (ledger === null) return 'Not known until Kafka and Postgres have answered.';
  if (ledger.whole) return 'Whole: every acknowledged event is accounted for.';
  return ledger.missing === 1 ? '1 record is missing.' : `${exact(ledger.missing)} records are missing.`;
}

/** Whole seconds until an instant, by the shop's clock. @param {string} iso  @param {number} now milliseconds since 1970 */
const secondsUntil = (iso, now) => Math.max(0, Math.ceil((Date.parse(iso) - now) / 1000));

/** @param {PipelineState['parts'][number]} part  @param {number} now milliseconds since 1970, by the shop's clock */
export function stateWords({ state, paused_until: until }, now) {
  if (state === 'running') return 'running';
  if (state === 'starting') return 'is started again';
  return until === null ? 'paused' : `paused, ${secondsUntil(until, now)} s left`;
}

/** The table's rows. @param {PipelineState['kafka']} kafka */
export const partitionRows = ({ partitions }) =>
  partitions.map(({ partition, start, end, next, lag, member }) => [
    String(partition),
    ...[start, end, next, lag].map(exact),
    member === null ? 'nobody' : memberName(member),
  ]);

/** A line for each fault. @param {PipelineState['faults']} faults  @param {number} now milliseconds since 1970, by the shop's clock */
export const faultLines = (faults, now) =>
  faults.map(({ target, kind, ms, until }) => {
    const late = ms === null ? '' : `, answers ${ms} ms late`;
    return `${target}: ${kind}${late}, ${secondsUntil(until, now)} s to go`;
  });
