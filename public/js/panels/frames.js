// When the page draws: everything that asks is drawn together, once a frame. A frame that took too long is followed by a rest as
// long as it was late, so that scrolling and typing have their turn however many events come.

const FRAME_MS = 16;
/** A machine that slept during a frame seems to have drawn for hours. */
const LONGEST_REST_MS = 250;

/** @type {Set<() => void>} */
const due = new Set();
/** Of afterPaint(), for the next frame. @type {(() => void)[]} */
let waiting = [];
/** The same, for the frame that is being painted. @type {(() => void)[]} */
let painting = [];
const afterFrame = new MessageChannel();
let isPlanned = false;
let began = 0;
let restsUntil = Number.NEGATIVE_INFINITY;

/**
 * Draws in the next frame after the rest; what is asked for twice until then is drawn once.
 * @param {() => void} draw finds out by itself what there is to draw
 */
export function drawSoon(draw) {
  due.add(draw);
  if (isPlanned) return;
  isPlanned = true;
  const wait = restsUntil - performance.now();
  if (wait > 0) setTimeout(() => requestAnimationFrame(drawAll), wait);
  else requestAnimationFrame(drawAll);
}

/** Calls once what is drawn, or asked to be, is on the screen. @param {() => void} tell */
export function afterPaint(tell) {
  waiting.push(tell);
}

function drawAll() {
  began = performance.now();
  isPlanned = false;
  const draws = [...due];
  due.clear();
  // A message comes after the frame's style, layout and paint, which are most of the work.
  afterFrame.port2.postMessage(undefined);
  for (const draw of draws) draw();
  painting = [...painting, ...waiting];
  waiting = [];
}

afterFrame.port1.onmessage = () => {
  const now = performance.now();
  const tells = painting;
  painting = [];
  for (const tell of tells) tell();
  restsUntil = now + Math.min(Math.max(now - began - FRAME_MS, 0), LONGEST_REST_MS);
};
