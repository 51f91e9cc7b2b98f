// What our own plugins of Chart.js draw beside what it knows: the fields that they read in a dataset.

import type {} from 'chart.js';

declare module 'chart.js' {
  // The parameters are Chart.js's, whose interface this is part of.
  interface ChartDatasetProperties<TType extends ChartType, TData> {
    /** Name of a strip of its own (dashboard/axes.js). */
    strip?: string;
    /** Words of the slices of a pie (dashboard/devices.js). */
    shares?: readonly (string | undefined)[];
  }
}
