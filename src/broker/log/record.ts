// Single records of an uncompressed batch. The broker reads them only to refuse a batch with broken lengths, which no consumer
// could ever get past, to find the first record since a time, and to compact.
//
//   Record => length attributes timestampDelta offsetDelta key value [Header]
//     length, offsetDelta => VARINT   timestampDelta => VARLONG   attributes => INT8
//   (https://kafka.apache.org/documentation/#record)

/** A zigzag VARINT or VARLONG read by `readVarint`: its value and where the next field starts. */
type Varint = {
  value: number;
  next: number;
};

const MAX_VARINT_BYTES = 10;
/** Bytes after a record's length field: attributes, two deltas, the lengths of key and value, and the count of headers. */
const LEAST_RECORD = 6;
const scratch: Varint = { value: 0, next: 0 };

/** Reads the varint at `at` into `scratch`; false where it does not end within ten bytes or the buffer. */
function readVarint(buffer: Buffer, at: number): boolean {
  let unsigned = 0;
  let scale = 1;
  for (let i = at; i < at + MAX_VARINT_BYTES; i++) {
    const byte = buffer[i];
    if (byte === undefined) return false;
    unsigned += (byte & 0x7f) * scale;
    if (byte < 0x80) {
      scratch.value = unsigned % 2 === 0 ? unsigned / 2 : -(unsigned + 1) / 2;
      scratch.next = i + 1;
      return true;
    }
    scale *= 128;
  }
  return false;
}

/** The zigzag VARINT or VARLONG of an integer. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value >= 0 ? value * 2 : value * -2 - 1;
  for (; left >= 0x80; left = Math.floor(left / 128)) bytes.push((left % 128) | 0x80);
  return Buffer.from([...bytes, left]);
}

/** A copy of a record, whose lengths were checked before, with `ms` added to its timestamp delta. */
export function movedInTime(record: Buffer, ms: number): Buffer {
  readVarint(record, 0);
  const attributesAt = scratch.next;
  readVarint(record, attributesAt + 1);
  const delta = varint(scratch.value + ms);
  const rest = record.subarray(scratch.next);
  const length = varint(1 + delta.length + rest.length);
  return Buffer.concat([length, record.subarray(attributesAt, attributesAt + 1), delta, rest]);
}

/** Whether exactly `count` records fill the buffer from `at` to its end, by their lengths. */
export function recordsAreWhole(buffer: Buffer, at: number, count: number): boolean {
  let position = at;
  for (let i = 0; i < count; i++) {
    if (!readVarint(buffer, position) || scratch.value < LEAST_RECORD) return false;
    position = scratch.next + scratch.value;
    if (position > buffer.length) return false;
  }
  return position === buffer.length;
}

export type RecordTime = {
  readonly offsetDelta: number;
  readonly timestampDelta: number;
};

/**
 * The first of `count` records from `at` whose timestamp is at least `delta` ms after the batch's base; null where there is none, or
 * where an earlier record is malformed. A record that is too short counts as malformed, as a length of zero would not move on, and
 * `count` may be any number.
 */
export function firstRecordSince(
  buffer: Buffer,
  at: number,
  count: number,
  delta: number,
): RecordTime | null {
  let position = at;
  for (let i = 0; i < count; i++) {
    if (!readVarint(buffer, position) || scratch.value < LEAST_RECORD) return null;
    const end = scratch.next + scratch.value;
    if (!readVarint(buffer, scratch.next + 1)) return null; // after the attributes
    const timestampDelta = scratch.value;
    if (timestampDelta >= delta) {
      return readVarint(buffer, scratch.next) ? { offsetDelta: scratch.value, timestampDelta } : null;
    }
    position = end;
  }
  return null;
}

export type RecordPlace = {
  /** Where the record starts and ends, its length included. */
  readonly start: number;
  readonly end: number;
  readonly offsetDelta: number;
  /** Undefined for null. */
  readonly key: Buffer | undefined;
  readonly value: Buffer | undefined;
};

/** Calls `visit` for each of `count` uncompressed records, up to the first malformed one. */
export function forEachRecord(records: Buffer, count: number, visit: (place: RecordPlace) => void): void {
  let start = 0;
  for (let i = 0; i < count; i++) {
    const place = placeAt(records, start);
    if (place === undefined) return;
    visit(place);
    start = place.end;
  }
}

function placeAt(records: Buffer, start: number): RecordPlace | undefined {
  if (!readVarint(records, start)) return undefined;
  const end = scratch.next + scratch.value;
  if (scratch.value < 0 || end > records.length) return undefined;
  if (!readVarint(records, scratch.next + 1)) return undefined; // the timestamp, after the attributes
  if (!readVarint(records, scratch.next)) return undefined;
  const offsetDelta = scratch.value;
  if (!readVarint(records, scratch.next)) return undefined;
  const keyLength = scratch.value;
  const keyStart = scratch.next;
  const valueAt = keyStart + Math.max(keyLength, 0);
  if (valueAt > end || !readVarint(records, valueAt)) return undefined;
  const valueEnd = scratch.next + scratch.value;
  if (valueEnd > end) return undefined;
  const key = keyLength < 0 ? undefined : records.subarray(keyStart, valueAt);
  const value = scratch.value < 0 ? undefined : records.subarray(scratch.next, valueEnd);
  return { start, end, offsetDelta, key, value };
}
