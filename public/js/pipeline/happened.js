// What happened: the differences between one state of the pipe and the next, in words.

import { exact, memberName } from './format.js';

/** @typedef {import('../../../src/pipeline/state.ts').PipelineState} PipelineState */

/**
 * @param {PipelineState | undefined} before
 * @param {PipelineState} now
 * @returns {string[]} nothing where there is no state before
 */
export function changesBetween(before, now) {
  if (before === undefined) return [];
  return [
    ...ofParts(before.parts, now.parts),
    ...ofFaults(before.faults, now.faults),
    ...ofReaders(before.kafka, now.kafka),
    ...ofServers(before, now),
    ...ofLedger(before.ledger, now.ledger),
  ];
}

/** @param {PipelineState['parts']} before  @param {PipelineState['parts']} now */
function ofParts(before, now) {
  return now.flatMap((part) => {
    const was = before.find((one) => one.part === part.part);
    if (was === undefined) return [];
    const words = [];
    if (part.ends > was.ends) words.push(`${part.part} has ended: ${part.last_end}`);
    if (part.state === 'running' && part.pid !== was.pid && part.since !== null)
      words.push(`${part.part} is there again, as process ${part.pid}`);
    if (part.state === 'paused' && was.state !== 'paused') words.push(`${part.part} is paused`);
    if (was.state === 'paused' && part.state === 'running' && part.pid === was.pid)
      words.push(`${part.part} goes on`);
    return words;
  });
}

/** @param {PipelineState['faults'][number]} fault */
const nameOf = ({ target, kind, ms }) => `${target} ${kind}${ms === null ? '' : ` by ${ms} ms`}`;

/** @param {PipelineState['faults']} before  @param {PipelineState['faults']} now */
function ofFaults(before, now) {
  const [were, are] = [new Set(before.map(nameOf)), new Set(now.map(nameOf))];
  return [
    ...[...are].filter((one) => !were.has(one)).map((one) => `fault: ${one}`),
    ...[...were].filter((one) => !are.has(one)).map((one) => `fault over: ${one}`),
  ];
}

/** @param {PipelineState['kafka']} before  @param {PipelineState['kafka']} now */
function ofReaders(before, now) {
  return now.partitions.flatMap(({ partition, member }) => {
    const was = before.partitions.find((one) => one.partition === partition);
    if (was === undefined || was.member === member) return [];
    return [
      member === null
        ? `partition ${partition} is read by nobody`
        : `partition ${partition} is read by ${memberName(member)}`,
    ];
  });
}

/** @param {PipelineState} before  @param {PipelineState} now */
function ofServers(before, now) {
  return /** @type {const} */ (['kafka', 'postgres']).flatMap((server) => {
    const [was, is] = [before[server].problem, now[server].problem];
    if ((was === null) === (is === null)) return [];
    const name = server === 'kafka' ? 'Kafka' : 'Postgres';
    return [is === null ? `${name} answers again` : `${name} does not answer: ${is}`];
  });
}

/** @param {PipelineState['ledger']} before  @param {PipelineState['ledger']} now */
function ofLedger(before, now) {
  if (before === null || now === null || before.whole === now.whole) return [];
  if (now.whole) return ['the ledger is whole again'];
  return [
    now.missing === 1
      ? '1 record is missing in the ledger'
      : `${exact(now.missing)} records are missing in the ledger`,
  ];
}
