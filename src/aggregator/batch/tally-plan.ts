// What of a plan the short way of plain rows has to know, where it can add them up.

import type { Period } from '../core/instant.ts';
import type { Plan } from '../core/plan.ts';

/** What a tally has to know of a plan; may be sent to another thread. */
export type TallyPlan = {
  /** Places of the group's cells. */
  readonly group: readonly number[];
  readonly periods: readonly { readonly place: number; readonly period: Period }[];
  /** Places of the cells that are numbers. */
  readonly fields: readonly number[];
  readonly carried: readonly { readonly place: number; readonly last: boolean }[];
};

/**
 * @returns undefined where the order of a session's records, or other cells of theirs than those that are added up, matter
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
