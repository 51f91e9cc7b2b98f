// Times in the format of the aggregator's manual: ISO 8601 extended, UTC. Other formats and impossible dates are invalid.

import { ownText } from './cell.ts';

const FULL = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{3})Z$/;
const LOOSE = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{3})?Z?$/;

export const PERIODS = ['HOUR', 'DAY', 'MONTH', 'YEAR'] as const;
export type Period = (typeof PERIODS)[number];

/** By period, the characters of a time that tell its period. */
const KEPT: Readonly<Record<Period, number>> = { HOUR: 13, DAY: 10, MONTH: 7, YEAR: 4 };
const REST = '0000-01-01T00:00:00.000Z';

/** Milliseconds since the epoch of YYYY-MM-DDTHH:mm:ss.sssZ; undefined for any other text. */
function parseFullInstant(text: string): number | undefined {
  if (!FULL.test(text)) return undefined;
  const time = Date.parse(text);
  // Date.parse accepts 2023-02-30.
  return Number.isNaN(time) || new Date(time).toISOString() !== text ? undefined : time;
}

/** Milliseconds since the epoch of YYYY-MM-DDTHH:mm:ss[.sss][Z], which is UTC; undefined for any other text. */
export function parseInstant(text: string): number | undefined {
  const match = LOOSE.exec(text);
  return match === null ? undefined : parseFullInstant(`${match[1]}${match[2] ?? '.000'}Z`);
}

/**
 * Finds the start of a time's period, in UTC. The last result is cached for texts of the same hour, as times of one stream are close
 * together.
 */
export class PeriodReader {
  readonly #kept: number;
  #lastHour = '';
  #lastStart = '';

  constructor(period: Period) {
    this.#kept = KEPT[period];
  }

  /** The start as YYYY-MM-DDTHH:mm:ss.sssZ; undefined where the text is no such time. */
  startOf(text: string): string | undefined {
    if (text.length !== REST.length) return undefined;
    const hour = text.slice(0, KEPT.HOUR);
    if (hour === this.#lastHour && isWithinHour(text)) return this.#lastStart;
    if (parseFullInstant(text) === undefined) return undefined;
    this.#lastHour = ownText(hour);
    this.#lastStart = ownText(text.slice(0, this.#kept) + REST.slice(this.#kept));
    return this.#lastStart;
  }
}

/** Whether a text of the right length goes on behind its hour with :mm:ss.sssZ. */
function isWithinHour(text: string): boolean {
  return (
    text.charCodeAt(13) === 0x3a &&
    isSixty(text, 14) &&
    text.charCodeAt(16) === 0x3a &&
    isSixty(text, 17) &&
    text.charCodeAt(19) === 0x2e &&
    isDigit(text, 20) &&
    isDigit(text, 21) &&
    isDigit(text, 22) &&
    text.charCodeAt(23) === 0x5a
  );
}

const isDigit = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
};
const isSixty = (text: string, at: number): boolean =>
  text.charCodeAt(at) <= 0x35 && isDigit(text, at) && isDigit(text, at + 1);
