// Marks of faults in charts over time. What draws them is loaded once there was a fault: most pages show none.

import { address } from '../base.js';

/** @type {(from: number, to: number) => HTMLElement[]} */
let legendOf = () => [];
/** @type {(chart: object) => void} */
let draw = () => {};

export const faultLegend = (from, to) => legendOf(from, to);

export const faultBands = { id: 'faultBands', beforeDatasetsDraw: (chart) => draw(chart) };

/** As that of fault-periods.js. */
export function watchFaults(since, onChange) {
  let look;
  return async () => {
    look ??= await loaded(since, onChange);
    await look?.();
  };
}

async function loaded(since, onChange) {
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
