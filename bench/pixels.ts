// npm run bench:pixels — event → changed pixel alone, of what bench:live measures, station by station.

import { startLoaded } from './dashboard/loaded.ts';
import { measurePixels } from './live/pixels.ts';

const number = (name: string, fallback: number) => Number(process.env[name] ?? fallback);

const loaded = await startLoaded(number('ROWS', 100_000));
try {
  await measurePixels(loaded, {
    rate: number('RATE', 500),
    seconds: number('SECONDS_A_ROUND', 30),
    dashboards: number('DASHBOARDS', 50),
  });
} finally {
  await loaded.remove();
}
process.exit(0);
