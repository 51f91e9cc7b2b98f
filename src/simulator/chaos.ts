// Parses `--chaos`: faults of events (`late=5%,duplicate=2%@1m+30s`, core/faults.ts) and of the system
// (`kill=ingest@10s,kafka=cut@30s+8s`).

import { parseDuration } from '../runtime/duration.ts';
import { ExpectationError } from '../runtime/expectation-error.ts';
import { PARTS } from '../runtime/part-names.ts';
import { FAULT_NAMES, type Fault, parseFaults } from './core/faults.ts';
import { disturbanceOf, type SystemFault, type SystemStep, USUAL_LATE_MS } from './system-faults.ts';

export type Chaos = { readonly faults: readonly Fault[]; readonly system: readonly SystemStep[] };
export const NO_CHAOS: Chaos = { faults: [], system: [] };

const OF_SYSTEM = /^\s*(kill|pause|kafka|postgres|outbox)=/;
const STEP = /^\s*([a-z]+)=([a-z]+)(?::([^@+]+))?(?:@([^+]+))?(?:\+(.+))?$/;

/** A duration in whole seconds, at least one: the unit of the pipeline's API. @throws {ExpectationError} */
export const secondsOf = (lasting: string): number =>
  Math.max(1, Math.round(parseDuration('for', lasting) / 1000));

/** @throws {ExpectationError} for the first fault that can't be used */
export function parseChaos(text: string): Chaos {
  const [faults, system]: [Fault[], SystemStep[]] = [[], []];
  for (const part of text.split(','))
    if (OF_SYSTEM.test(part)) system.push(parseSystemStep(part));
    else faults.push(...faultsOf(part));
  return { faults, system };
}

function faultsOf(part: string): Fault[] {
  if (/^\s*[a-z-]+=/.test(part)) return parseFaults(part);
  throw new ExpectationError(
    `chaos: received ${JSON.stringify(part)}, expected name=share with ${FAULT_NAMES.join(', ')} or all, or a fault of the system as kill=ingest@10s, pause=broker@10s+5s, kafka=cut@10s+8s or outbox=full@10s+8s`,
  );
}

function parseSystemStep(text: string): SystemStep {
  const [, name = '', what = '', late, at = '0s', lasting] = STEP.exec(text) ?? [];
  const wrong = (expected: string) =>
    new ExpectationError(`chaos: received ${JSON.stringify(text)}, expected ${expected}`);
  const moment = parseDuration('chaos', at);
  if (name === 'kill' || name === 'pause') {
    const part = PARTS.find((one) => one === what);
    if (part === undefined || late !== undefined || (lasting === undefined) === (name === 'pause'))
      throw wrong(`${name}=PART@time${name === 'pause' ? '+length' : ''} with ${PARTS.join(', ')}`);
    const fault: SystemFault =
      lasting === undefined ? { do: 'kill', part } : { do: 'pause', part, seconds: secondsOf(lasting) };
    return { at: moment, fault };
  }
  if (name === '' || lasting === undefined || (late !== undefined && what !== 'slow'))
    throw wrong('kafka or postgres=slow:400ms@time+length, or cut or silent, or outbox=full@time+length');
  const lateMs = late === undefined ? USUAL_LATE_MS : parseDuration('chaos', late);
  return { at: moment, fault: disturbanceOf(name, what, lateMs, secondsOf(lasting)) };
}

/** The text that parseFaults() reads. */
const faultText = ({ fault, share, from, until }: Fault): string =>
  `${fault}=${share}${from > 0 || Number.isFinite(until) ? `@${from}ms` : ''}${Number.isFinite(until) ? `+${until - from}ms` : ''}`;

function stepText({ at, fault }: SystemStep): string {
  const lasting = 'seconds' in fault ? `+${fault.seconds}s` : '';
  if (fault.do !== 'fault') return `${fault.do}=${fault.part}@${at}ms${lasting}`;
  const late = fault.kind === 'slow' ? `:${fault.ms}ms` : '';
  return `${fault.target}=${fault.kind}${late}@${at}ms${lasting}`;
}

/** The text that parseChaos() reads; empty where there is no fault. */
export const chaosText = ({ faults, system }: Chaos): string =>
  [...faults.map(faultText), ...system.map(stepText)].join(',');
