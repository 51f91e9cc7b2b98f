// The faults of a run, each with a share of the events and a period. The command line, scenario files and the page use the
// same syntax.

import { parseDuration } from '../../runtime/duration.ts';
import { ExpectationError } from '../../runtime/expectation-error.ts';

export const FAULTS = {
  late: 'its time is up to hours before it is sent',
  'out-of-order': 'it is sent up to five seconds after later ones of the same shopper',
  duplicate: 'it is sent twice, byte for byte',
  malformed: 'its bytes are no event: cut off, without a field, with one of a wrong type, or empty',
  'unknown-product': 'its category is not one of the shop’s',
  'bot-surge': 'a robot sends one more beside it',
  'clock-skew': 'its clock is minutes off, and in one of four cases two days ahead',
  'poison-codec': 'its batch can’t be decompressed',
} as const;

export type FaultName = keyof typeof FAULTS;
export const FAULT_NAMES = Object.keys(FAULTS) as readonly FaultName[];

export type Fault = {
  readonly fault: FaultName;
  /** 0 to 1, of the events. */
  readonly share: number;
  /** Milliseconds from the start of the run. */
  readonly from: number;
  /** Milliseconds from the start of the run; exclusive. */
  readonly until: number;
};

/** 0.05 or 5% as a share of 0 to 1, also as JavaScript writes very small numbers. @throws {ExpectationError} */
export function parseShare(text: string): number {
  const [, digits, percent] = /^(\d{1,3}(?:\.\d{1,25})?(?:e-\d{1,3})?)(%?)$/.exec(text.trim()) ?? [];
  const share = digits === undefined ? Number.NaN : Number(digits) / (percent === '%' ? 100 : 1);
  if (share >= 0 && share <= 1) return share;
  throw new ExpectationError(`share: received ${JSON.stringify(text)}, expected a share, as 5% or 0.05`);
}

/**
 * Parses `late=5%,duplicate=2%@1m+30s`: the beginning after @, the length after +. `all=5%` is every fault.
 * @throws {ExpectationError}
 */
export function parseFaults(text: string): Fault[] {
  return text.split(',').flatMap((part) => {
    const [, name = '', share = '', at, lasting] =
      /^\s*([a-z-]+)=([^@+]+)(?:@([^+]+))?(?:\+(.+))?$/.exec(part) ?? [];
    const names = name === 'all' ? FAULT_NAMES : FAULT_NAMES.filter((one) => one === name);
    if (names.length === 0)
      throw new ExpectationError(
        `chaos: received ${JSON.stringify(part)}, expected name=share with ${FAULT_NAMES.join(', ')} or all`,
      );
    const from = at === undefined ? 0 : parseDuration('chaos', at);
    const until = lasting === undefined ? Number.POSITIVE_INFINITY : from + parseDuration('chaos', lasting);
    return names.map((fault) => ({ fault, share: parseShare(share), from, until }));
  });
}
