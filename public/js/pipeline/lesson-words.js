// What a lesson's page and the quiz say: how far the run is, the ledger in one line, the score.

import { exact } from './format.js';

/** @param {import('../../../src/lessons/run-answer.ts').RunAnswer} run */
export function runWords({ state, seconds, lasts, failure }) {
  if (state === 'idle') return 'Not started.';
  if (state === 'over') return 'Over. Answer below.';
  if (state === 'failed') return `It could not be done: ${failure}.`;
  return seconds < lasts ? `Running, ${lasts - seconds} s to go.` : 'The pipe catches up …';
}

/** The same for a screen reader, which would read a countdown every second. @param {import('../../../src/lessons/run-answer.ts').RunAnswer} run */
export const spokenWords = (run) =>
  run.state === 'running' && run.seconds < run.lasts ? 'Running.' : runWords(run);

/** @param {NonNullable<import('../../../src/pipeline/state.ts').PipelineState['ledger']>} ledger */
export function ledgerLine({
  acknowledged,
  stored,
  repeated,
  set_aside: aside,
  absent,
  on_the_way: onTheWay,
}) {
  const none = absent === 0 ? '' : ` + ${exact(absent)} no record there`;
  return `Ledger: ${exact(acknowledged)} acknowledged = ${exact(stored)} stored + ${exact(repeated)} repeated + ${exact(aside)} set aside + ${exact(onTheWay)} on the way${none}.`;
}

/** Nothing before the first round, of three points each. @param {number} points  @param {number} rounds */
export const scoreWords = (points, rounds) =>
  rounds === 0 ? '' : `${points} of ${rounds * 3} points so far.`;
