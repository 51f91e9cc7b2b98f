// Marks of faults in charts over time. The scripts that draw them are loaded once there was a fault, as most pages show none.

import { address } from '../base.js';

/** @type {(from: number, to: number) => HTMLElement[]} */
let legendOf = () => [];
/** @type {(chart: import('chart.js').Chart) => void} */
let draw = () => {};

/** What a legend says of the faults of a range. @param {number} from milliseconds  @param {number} to as from */
export const faultLegend = (from, to) => legendOf(from, to);

/** @type {import('./axes.js').Plugin} */
export const faultBands = { id: 'faultBands', beforeDatasetsDraw: (chart) => draw(chart) };

/** As that of fault-periods.js. @param {Parameters<typeof import('../fault-periods.js').watchFaults>} given */
export function watchFaults(...given) {
  /** @type {(() => Promise<void>) | undefined} */
  let look;
  return async () => {
    look ??= await loaded(...given);
    await look?.();
  };
}

/** @param {Parameters<typeof import('../fault-periods.js').watchFaults>} given */
async function loaded(...[since, onChange]) {
  const answer = await fetch(address(`/api/faults?from=${since()}`)).then(
    (response) => (response.ok ? response.json() : undefined),
    () => undefined,
  );
  if (!answer?.rows.length) return undefined;
  const [periods, bands] = await Promise.all([import('../fault-periods.js'), import('./fault-bands.js')]);
  legendOf = (from, to) => periods.faultLegend(periods.faultsIn(from, to));
  draw = bands.drawFaults;
  return periods.watchFaults(since, onChange);
}
