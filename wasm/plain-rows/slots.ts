// Group of a row → its slot, as in src/aggregator/batch/group-slots.ts, in the same table.

import {
  capacity,
  cells,
  END,
  groupPlaces,
  groups,
  hashes,
  keyEnds,
  keys,
  keysLength,
  MISSING,
  NONE,
  periodIds,
  periods,
  places,
  rowSlots,
  STATE_SLOTS,
  slotPeriods,
  table,
  tableMask,
} from './layout';

/** How many there are. */
let slots: i32 = 0;

export function loadSlots(): void {
  slots = <i32>load<f64>(STATE_SLOTS);
}

export function storeSlots(): void {
  store<f64>(STATE_SLOTS, slots);
}

/** Finds the slots of the batch's groups, and begins those that are new. @returns for how many rows */
export function findSlots(count: i32): i32 {
  for (let row = 0; row < count; row += 1) {
    const hash = load<u32>(hashes + 4 * row);
    let slot = NONE;
    for (let at = (hash << 4) & tableMask; ; at = (at + 16) & tableMask) {
      const place = table + at;
      slot = load<i32>(place) - 1;
      if (slot === NONE) {
        slot = beginSlot(row, hash, place);
        break;
      }
      if (load<u32>(place + 4) === hash && hasKey(row, slot, load<i32>(place + 8), load<i32>(place + 12)))
        break;
    }
    if (slot === NONE) return row;
    store<i32>(rowSlots + 4 * row, slot);
  }
  return count;
}

function hasKey(row: i32, slot: i32, from: i32, length: i32): bool {
  for (let period = 0; period < periods; period += 1)
    if (
      load<i32>(slotPeriods + 4 * (periods * slot + period)) !==
      load<i32>(periodIds + 4 * (periods * row + period))
    )
      return false;
  const own = cells + 8 * (places * row);
  const begin = keys + from;
  let key = begin;
  for (let group = 0; group < groups; group += 1) {
    const cell = own + 8 * load<i32>(groupPlaces + 4 * group);
    const from = load<i32>(cell);
    if (from === NONE) {
      if (load<u8>(key) !== MISSING) return false;
      key += 1;
    } else {
      const bytes = load<i32>(cell + 4) - from;
      if (!isSame(from, key, bytes)) return false;
      key += bytes;
    }
    if (load<u8>(key) !== END) return false;
    key += 1;
  }
  return key - begin === length;
}

function isSame(one: usize, other: usize, length: i32): bool {
  let left = length;
  let at: usize = 0;
  for (; left >= 8; left -= 8, at += 8) if (load<u64>(one + at) !== load<u64>(other + at)) return false;
  return left === 0 || (load<u64>(one + at) ^ load<u64>(other + at)) << (64 - 8 * left) === 0;
}

/** Gives the group of a row a slot; NONE where it has other characters than those of ASCII, or there is no room. */
function beginSlot(row: i32, hash: u32, place: usize): i32 {
  if (slots >= capacity) return NONE;
  const own = cells + 8 * (places * row);
  const from = slots === 0 ? 0 : load<i32>(keyEnds + 4 * (slots - 1));
  let key = from;
  for (let group = 0; group < groups; group += 1) {
    const cell = own + 8 * load<i32>(groupPlaces + 4 * group);
    const begin = load<i32>(cell);
    const bytes = begin === NONE ? 1 : load<i32>(cell + 4) - begin;
    if (key + bytes + 1 > keysLength || (begin !== NONE && !isAscii(begin, bytes))) return NONE;
    if (begin === NONE) store<u8>(keys + key, MISSING);
    else memory.copy(keys + key, begin, bytes);
    store<u8>(keys + key + bytes, END);
    key += bytes + 1;
  }
  const slot = slots;
  slots += 1;
  store<i32>(keyEnds + 4 * slot, key);
  memory.copy(slotPeriods + 4 * (periods * slot), periodIds + 4 * (periods * row), 4 * periods);
  store<i32>(place, slot + 1);
  store<u32>(place + 4, hash);
  store<i32>(place + 8, from);
  store<i32>(place + 12, key - from);
  return slot;
}

function isAscii(from: usize, length: i32): bool {
  for (let at = from; at < from + length; at += 1) if (load<u8>(at) >= 0x80) return false;
  return true;
}
