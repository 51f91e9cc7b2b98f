// Where things are in the memory that a tally shares, and how many, as src/aggregator/batch/plain-rows.ts has laid them out.

/** Rows of a batch. */
export const BATCH: i32 = 64;
/** Where the state is that both sides change: doubles, one behind the other. */
export const STATE_LINE: usize = 0;
export const STATE_SLOTS: usize = 8;
export const STATE_DIRTY: usize = 16;
export const STATE_WRITTEN: usize = 24;
export const STATE_BEGUN: usize = 32;
export const STATE_ROOM: usize = 40;
/** Where the layout is: integers, in the order of LAYOUT in src/aggregator/batch/plain-rows.ts. */
const LAYOUT: usize = 64;

/** The greatest integer of a double. */
export const MOST_UNITS: f64 = 9007199254740991;
/** What ends each cell of a key, and what stands for one that is missing. */
export const END: u8 = 0xff;
export const MISSING: u8 = 0xfe;
/** No slot, no period, and no cell. */
export const NONE: i32 = -1;

export let columns: i32 = 0;
export let columnPlaces: usize = 0;
export let places: i32 = 0;
export let groups: i32 = 0;
export let groupPlaces: usize = 0;
export let fields: i32 = 0;
export let fieldPlaces: usize = 0;
export let fieldScales: usize = 0;
export let periods: i32 = 0;
export let periodPlaces: usize = 0;
export let hours: usize = 0;
export let table: usize = 0;
export let tableMask: u32 = 0;
export let capacity: i32 = 0;
export let keys: usize = 0;
export let keysLength: i32 = 0;
export let keyEnds: usize = 0;
export let slotPeriods: usize = 0;
export let known: usize = 0;
export let rows: usize = 0;
export let rowBytes: usize = 0;
export let dirty: usize = 0;
export let tape: usize = 0;
export let tapeLength: i32 = 0;
/** By row of the batch. */
export let cells: usize = 0;
export let units: usize = 0;
export let periodIds: usize = 0;
export let ends: usize = 0;
export let hashes: usize = 0;
export let rowSlots: usize = 0;

/** No arrow function: it would be an object, in memory that is all the tally's. */
function layoutAt(index: usize): i32 {
  return load<i32>(LAYOUT + 4 * index);
}

/** Reads the layout: where things are, and how many. To be called whenever that has changed. */
export function configure(): void {
  columns = layoutAt(0);
  columnPlaces = layoutAt(1);
  places = layoutAt(2);
  groups = layoutAt(3);
  groupPlaces = layoutAt(4);
  fields = layoutAt(5);
  fieldPlaces = layoutAt(6);
  fieldScales = layoutAt(7);
  periods = layoutAt(8);
  periodPlaces = layoutAt(9);
  hours = layoutAt(10);
  table = layoutAt(11);
  tableMask = layoutAt(12) - 1;
  capacity = layoutAt(13);
  keys = layoutAt(14);
  keysLength = layoutAt(15);
  keyEnds = layoutAt(16);
  slotPeriods = layoutAt(17);
  known = layoutAt(18);
  rows = layoutAt(19);
  rowBytes = layoutAt(20);
  dirty = layoutAt(21);
  tape = layoutAt(22);
  tapeLength = layoutAt(23);
  cells = layoutAt(24);
  units = layoutAt(25);
  periodIds = layoutAt(26);
  ends = layoutAt(27);
  hashes = layoutAt(28);
  rowSlots = layoutAt(29);
}
