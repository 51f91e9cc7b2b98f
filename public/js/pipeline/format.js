// Numbers, sizes and lengths of time as the pipe's page writes them.

const exactFormat = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const shortFormat = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });

/** 8471220 → 8,471,220; nothing known → –. @param {number | null | undefined} value */
export const exact = (value) => (value === null || value === undefined ? '–' : exactFormat.format(value));

/** 12345 → 12,345; from a hundred thousand on three digits: 8471220 → 8.47M. @param {number} value */
export const short = (value) =>
  Math.abs(value) < 100_000 ? exactFormat.format(value) : shortFormat.format(value);

/** Bytes → 64 MB. @param {number | null | undefined} value */
export function bytes(value) {
  if (value === null || value === undefined) return '–';
  if (value < 1024) return `${value} B`;
  const kilobytes = Math.round(value / 1024);
  if (kilobytes < 1024) return `${kilobytes} kB`;
  return `${exactFormat.format(Math.round(value / 1_048_576))} MB`;
}

/** Seconds → 42 s, 3 min, 2 h 5 min. @param {number} seconds */
export function lasting(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 120) return `${whole} s`;
  if (whole < 7_200) return `${Math.floor(whole / 60)} min`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** The end of a member's id is what tells it from others. @param {string} member */
export const memberName = (member) => `…${member.slice(-6)}`;

/** @typedef {import('../../../src/pipeline/state.ts').PipelineState['parts'][number]} Part */

/** What a part's process is doing; nothing of a part that is not known. @param {Part | undefined} part */
export function partWords(part) {
  if (part === undefined) return '';
  if (part.state === 'starting') return 'is started again';
  if (part.state === 'paused') return 'paused';
  return part.pid === null ? 'running' : `pid ${part.pid}`;
}

/** A part that is not known, as where the web part runs alone, is no fault. @param {Part | undefined} part */
export function partHealth(part) {
  if (part === undefined || part.state === 'running') return 'good';
  return part.state === 'paused' ? 'paused' : 'bad';
}
