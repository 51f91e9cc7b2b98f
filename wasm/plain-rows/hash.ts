// The hash of a group: MurmurHash3 of the words of its cells, as in src/aggregator/batch/group-hash.ts. Both look into one table.

/** A word more. */
export function mix(hash: u32, word: u32): u32 {
  const mixed = rotl<u32>(word * 0xcc9e2d51, 15) * 0x1b873593;
  return rotl<u32>(hash ^ mixed, 13) * 5 + 0xe6546b64;
}

/** A cell more: its words, the bytes that are left over, and how many bytes it has. */
export function hashCell(seed: u32, from: u32, to: u32): u32 {
  let hash = seed;
  let at = from;
  for (; at + 4 <= to; at += 4) hash = mix(hash, load<u32>(at));
  const rest = at === to ? 0 : load<u32>(at) & ((1 << (8 * (to - at))) - 1);
  return mix(hash, rest) ^ (to - from);
}

/** The hash of all that was mixed. */
export function finished(hash: u32): u32 {
  let mixed = (hash ^ (hash >> 16)) * 0x85ebca6b;
  mixed = (mixed ^ (mixed >> 13)) * 0xc2b2ae35;
  return mixed ^ (mixed >> 16);
}
