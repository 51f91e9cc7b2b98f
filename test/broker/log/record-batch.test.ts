import { describe, expect, it } from 'vitest';
import { markerBatch } from '../../../src/broker/log/control-batch.ts';
import {
  checkProduced,
  crcIsRight,
  hasAppendTime,
  nextOffset,
  readHeader,
  stamp,
  stampTime,
  storedSize,
} from '../../../src/broker/log/record-batch.ts';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { batch, withCrc } from '../batch.ts';

const NOW = 1_700_000_000_000;
const HOUR = 3_600_000;
const LIMITS = {
  maxMessageBytes: 10_000,
  isAppendTimed: false,
  timestampBeforeMaxMs: 2 ** 63,
  timestampAfterMaxMs: HOUR,
};
const check = (bytes: Buffer, limits = LIMITS) => checkProduced(bytes, limits, NOW);

/** A batch of two records with one change, its checksum right again. */
function changed(change: (bytes: Buffer) => void): Buffer {
  const bytes = batch({ values: ['one', 'two'] });
  change(bytes);
  return withCrc(bytes);
}

describe('a produced batch', () => {
  it('a produced batch is taken whole', () => {
    expect(check(batch({ values: ['one', null, ''] }))).toBe(ErrorCode.NONE);
  });

  it.each<[string, Buffer, ErrorCode]>([
    ['is of an old message format', changed((bytes) => bytes.writeInt8(1, 16)), ErrorCode.INVALID_RECORD],
    ['ends within its length and format', batch().subarray(0, 16), ErrorCode.CORRUPT_MESSAGE],
    ['ends within its header', batch().subarray(0, 60), ErrorCode.CORRUPT_MESSAGE],
    ['is cut off', batch().subarray(0, -1), ErrorCode.CORRUPT_MESSAGE],
    ['is followed by another', Buffer.concat([batch(), batch()]), ErrorCode.INVALID_RECORD],
    [
      'has a length below its header',
      changed((bytes) => bytes.writeInt32BE(1, 8)),
      ErrorCode.CORRUPT_MESSAGE,
    ],
    ['is a marker, which only the broker writes', markerBatch(7, 0, true, NOW), ErrorCode.INVALID_RECORD],
    ['has no record', changed((bytes) => bytes.writeInt32BE(0, 57)), ErrorCode.INVALID_RECORD],
    ['counts a record too many', changed((bytes) => bytes.writeInt32BE(3, 57)), ErrorCode.INVALID_RECORD],
    [
      'has another last offset than its count',
      changed((bytes) => bytes.writeInt32BE(5, 23)),
      ErrorCode.INVALID_RECORD,
    ],
    [
      'has a record that ends behind it',
      changed((bytes) => bytes.writeInt8(120, 61)),
      ErrorCode.INVALID_RECORD,
    ],
    [
      'names a codec that there is not',
      changed((bytes) => bytes.writeInt16BE(5, 21)),
      ErrorCode.UNSUPPORTED_COMPRESSION_TYPE,
    ],
    ['is more than an hour ahead', batch({ timestamps: [NOW + HOUR + 1] }), ErrorCode.INVALID_TIMESTAMP],
  ])('a produced batch is refused where it %s', (_, bytes, error) => {
    expect(check(bytes)).toBe(error);
  });

  it('a produced batch is refused where any byte behind its checksum has changed', () => {
    for (let at = 21; at < batch().length; at += 1) {
      const bytes = batch();
      bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
      expect(check(bytes), `byte ${at}`).toBe(ErrorCode.CORRUPT_MESSAGE);
    }
  });

  it('a produced batch is refused one byte above the limit, and taken at it', () => {
    const bytes = batch();
    expect(check(bytes, { ...LIMITS, maxMessageBytes: bytes.length })).toBe(ErrorCode.NONE);
    expect(check(bytes, { ...LIMITS, maxMessageBytes: bytes.length - 1 })).toBe(ErrorCode.MESSAGE_TOO_LARGE);
  });

  it('a produced batch may be an hour ahead, and any time where the broker stamps its own', () => {
    expect(check(batch({ timestamps: [NOW + HOUR] }))).toBe(ErrorCode.NONE);
    const late = batch({ timestamps: [NOW + HOUR + 1] });
    expect(check(late, { ...LIMITS, isAppendTimed: true })).toBe(ErrorCode.NONE);
  });
});

describe('a stored batch', () => {
  it('a stored batch has the offset and the time that the broker stamped, and a right checksum', () => {
    const bytes = batch({ values: ['one', 'two', 'three'], timestamps: [1, 3, 2] });
    stamp(bytes, 2 ** 40, 0);
    expect(crcIsRight(bytes, 0, bytes.length)).toBe(true);
    expect(readHeader(bytes, 0)).toMatchObject({
      baseOffset: 2 ** 40,
      lastOffset: 2 ** 40 + 2,
      maxTimestamp: 3,
    });
    expect(nextOffset(bytes, 0)).toBe(2 ** 40 + 3);
    expect(hasAppendTime(readHeader(bytes, 0))).toBe(false);
    stampTime(bytes, NOW);
    expect(readHeader(bytes, 0)).toMatchObject({ baseTimestamp: 1, maxTimestamp: NOW, records: 3 });
    expect(hasAppendTime(readHeader(bytes, 0))).toBe(true);
    expect(crcIsRight(bytes, 0, bytes.length)).toBe(true);
  });

  it('a stored batch is damaged where its length is below its header', () => {
    const bytes = batch();
    expect(storedSize(bytes, 0)).toBe(bytes.length);
    bytes.writeInt32BE(48, 8);
    expect(() => storedSize(bytes, 0)).toThrow('received a batch of 60 bytes, expected at least 61');
  });
});
