// Where each station of the pipe lies: side by side where there is room, below each other on a phone.

/** @typedef {'shop' | 'outbox' | 'kafka' | 'ingest' | 'postgres' | 'dashboards'} Station */
/** @typedef {{ x: number, y: number, width: number, height: number }} Box */
/** @typedef {{ x1: number, y1: number, x2: number, y2: number }} Way */
/** @typedef {Way & { from: Station | 'followers', to: Station | 'followers' }} Line */
/** @typedef {{ width: number, height: number, stations: Readonly<Record<Station, Box>>, arrows: Line[] }} Places */
/** @typedef {Box & { columns: number, rows: number, arrows: Line[] }} FollowerBox `columns` and `rows` have room for as many followers */

/** @type {Station[]} */
export const STATIONS = ['shop', 'outbox', 'kafka', 'ingest', 'postgres', 'dashboards'];

const WIDE = { width: 1360, top: 2, box: 196 };
const WIDTHS = { shop: 150, outbox: 158, kafka: 320, ingest: 140, postgres: 158, dashboards: 150 };
const NARROW = { width: 340, gap: 46 };
const HEIGHTS = { shop: 112, outbox: 134, kafka: 60, ingest: 112, postgres: 112, dashboards: 92 };
const LANE = 44;

/** Height of a line of followers, and of what is around the lines; how many are side by side where there is room. */
const FOLLOWER = { line: 22, around: 44, columns: 3 };

/**
 * @param {boolean} isNarrow
 * @param {number} lanes partitions that are drawn
 * @param {number} followers that are drawn, in a box below the row
 * @returns {Places & { followers: FollowerBox }}
 */
export function placesOf(isNarrow, lanes, followers) {
  const row = isNarrow ? below(lanes) : beside(lanes);
  return withFollowers(row, isNarrow, followers);
}

/** @param {Places} row  @param {boolean} isNarrow  @param {number} count */
function withFollowers({ width, height, stations, arrows }, isNarrow, count) {
  const columns = isNarrow ? 1 : FOLLOWER.columns;
  const rows = Math.max(1, Math.ceil(count / columns));
  const { kafka, postgres, dashboards } = stations;
  const x = isNarrow ? dashboards.x : kafka.x;
  const box = {
    x,
    y: height + NARROW.gap,
    width: dashboards.x + dashboards.width - x,
    height: FOLLOWER.around + rows * FOLLOWER.line,
  };
  /** On a phone they lie at the end of the column, away from what they read and write. @type {Line[]} */
  const upright = isNarrow
    ? []
    : [
        { from: 'kafka', to: 'followers', ...between(kafka, box) },
        { from: 'followers', to: 'postgres', ...between(postgres, box, true) },
      ];
  return {
    width,
    height: box.y + box.height + 2,
    stations,
    arrows,
    followers: { ...box, columns, rows, arrows: upright },
  };
}

/**
 * From the bottom of a station to the box below, or back.
 * @param {Box} station
 * @param {Box} box
 * @returns {Way}
 */
function between({ x, y, width, height }, box, isUp = false) {
  const [middle, bottom] = [x + width / 2, y + height];
  return isUp
    ? { x1: middle, y1: box.y, x2: middle, y2: bottom }
    : { x1: middle, y1: bottom, x2: middle, y2: box.y };
}

/** @param {number} lanes @returns {Places} */
function beside(lanes) {
  const free = WIDE.width - 2 - Object.values(WIDTHS).reduce((sum, width) => sum + width, 0);
  const gap = free / (STATIONS.length - 1);
  const box = Math.max(WIDE.box, 60 + lanes * LANE);
  const middle = WIDE.top + box / 2;
  let x = 1;
  const stations = /** @type {Record<Station, Box>} */ ({});
  for (const name of STATIONS) {
    stations[name] = { x, y: WIDE.top, width: WIDTHS[name], height: box };
    x += WIDTHS[name] + gap;
  }
  const arrows = pairs().map(([from, to]) => ({
    from,
    to,
    x1: stations[from].x + stations[from].width,
    y1: middle,
    x2: stations[to].x,
    y2: middle,
  }));
  return { width: WIDE.width, height: WIDE.top + box + 2, stations, arrows };
}

/** @param {number} lanes @returns {Places} */
function below(lanes) {
  let y = 2;
  const stations = /** @type {Record<Station, Box>} */ ({});
  for (const name of STATIONS) {
    const height = HEIGHTS[name] + (name === 'kafka' ? lanes * LANE : 0);
    stations[name] = { x: 1, y, width: NARROW.width - 2, height };
    y += height + NARROW.gap;
  }
  const x = NARROW.width / 2;
  const arrows = pairs().map(([from, to]) => ({
    from,
    to,
    x1: x,
    y1: stations[from].y + stations[from].height,
    x2: x,
    y2: stations[to].y,
  }));
  return { width: NARROW.width, height: y - NARROW.gap + 2, stations, arrows };
}

/** @returns {[from: Station, to: Station][]} */
const pairs = () =>
  STATIONS.flatMap((from, index) => {
    const to = STATIONS[index + 1];
    return to === undefined ? [] : [[from, to]];
  });
