// Progress of a session towards its conditions: "68 of 70".

import { writeDecimal } from './decimal.ts';
import type { Operator } from './plan.ts';
import type { Session } from './session.ts';

export type Progress = {
  readonly condition: string;
  readonly output: string;
  readonly operator: Operator;
  /** The value and the condition's, both with all digits. */
  readonly has: string;
  readonly wants: string;
  /** From 0 to 1 for a condition on a growing value; null otherwise. */
  readonly share: number | null;
};

/** Progress of each condition on an aggregate; conditions on an input field have none. */
export function progressOf({ plan, accumulators, count }: Session): Progress[] {
  return plan.conditions.flatMap(({ name, on, test }) => {
    const aggregate = 'aggregate' in on ? plan.aggregates[on.aggregate] : undefined;
    if (aggregate === undefined || test.type !== 'number' || !('aggregate' in on)) return [];
    const has = accumulators[on.aggregate]?.result(count) ?? 'null';
    const wants = writeDecimal(test.value);
    const share =
      test.operator === '>=' || test.operator === '>' ? shareOf(Number(has), Number(wants)) : null;
    return [{ condition: name, output: aggregate.output, operator: test.operator, has, wants, share }];
  });
}

function shareOf(has: number, wants: number): number | null {
  if (!Number.isFinite(has) || !(wants > 0)) return null;
  return Math.min(1, Math.max(0, has / wants));
}
