// The part of a plan that a tally needs to add up plain rows.

import type { Period } from '../core/instant.ts';
import type { Plan } from '../core/plan.ts';

/** May be sent to another thread. */
export type TallyPlan = {
  /** Places of the group's cells. */
  readonly group: readonly number[];
  readonly periods: readonly { readonly place: number; readonly period: Period }[];
  /** Places of the numbers, each once. */
  readonly fields: readonly number[];
  /** In the order of the aggregates; `last` for CARRY_LAST. */
  readonly carried: readonly { readonly place: number; readonly last: boolean }[];
};

/**
 * The tally's part of a plan.
 * @returns undefined where sessions depend on the order of their records (conditions), or on the cells of one (a TIMESTAMP timeout)
 */
export function tallyPlanOf({
  group,
  periods,
  aggregates,
  conditions,
  duePlace,
}: Plan): TallyPlan | undefined {
  if (conditions.length > 0 || duePlace !== undefined) return undefined;
  return {
    group: group.map(({ place }) => place),
    periods: periods.map(({ place, period }) => ({ place, period })),
    fields: [...new Set(aggregates.filter(({ numeric }) => numeric).map(({ place }) => place))],
    carried: aggregates.flatMap(({ operation, place }) =>
      operation === 'CARRY_FIRST' || operation === 'CARRY_LAST'
        ? [{ place, last: operation === 'CARRY_LAST' }]
        : [],
    ),
  };
}
