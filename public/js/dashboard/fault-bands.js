// Bands behind a chart over time, where faults ran: hatched, so that they are told from data without colour.

import { faultsIn } from '../fault-periods.js';
import { colour, faint } from './colours.js';

/** The shortest band: a fault of a second stays visible on the axis of a day. */
const LEAST_PX = 4;
const HATCH_PX = 6;

/** @param {CanvasRenderingContext2D} ctx */
function hatch(ctx) {
  const tile = Object.assign(document.createElement('canvas'), { width: HATCH_PX, height: HATCH_PX });
  const pen = /** @type {CanvasRenderingContext2D} */ (tile.getContext('2d'));
  pen.strokeStyle = faint('bad', 0.55);
  pen.lineWidth = 1;
  for (const shift of [-HATCH_PX, 0, HATCH_PX]) {
    pen.moveTo(shift, HATCH_PX);
    pen.lineTo(shift + HATCH_PX, 0);
  }
  pen.stroke();
  return ctx.createPattern(tile, 'repeat') ?? faint('bad', 0.55);
}

/** Draws the bands of the faults that are known; a chart without an axis of time has none. @param {import('chart.js').Chart} chart */
export function drawFaults(chart) {
  const { ctx, chartArea, scales } = chart;
  const { left, right, top, bottom } = chartArea;
  const { x } = scales;
  if (x === undefined) return;
  const periods = faultsIn(x.min, x.max);
  if (periods.length === 0) return;
  ctx.save();
  const pattern = hatch(ctx);
  for (const { from, to } of periods) {
    const begin = Math.max(left, x.getPixelForValue(from));
    const end = Math.min(right, Math.max(begin + LEAST_PX, x.getPixelForValue(to)));
    ctx.fillStyle = faint('bad', 0.12);
    ctx.fillRect(begin, top, end - begin, bottom - top);
    ctx.fillStyle = pattern;
    ctx.fillRect(begin, top, end - begin, bottom - top);
    ctx.fillStyle = colour('bad');
    ctx.fillRect(begin, top, end - begin, 3);
  }
  ctx.restore();
}
