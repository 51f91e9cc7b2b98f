import { expect, test } from 'vitest';
import { readReference, unknownError, writeReference } from '../../../src/broker/api/topic-reference.ts';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { Reader } from '../../../src/broker/wire/reader.ts';
import { Writer } from '../../../src/broker/wire/writer.ts';
import { offlineBroker } from '../offline-broker.ts';

const HEAD = 8; // size and correlation id
const UNKNOWN = 'dQmuWtNpU25_oxfrjNSDTQ';
const bytesOf = (write: (writer: Writer) => Writer) =>
  Buffer.concat(write(new Writer(0)).finish()).subarray(HEAD);

test('a topic is answered as it was asked for, by name or by id, also where there is none', () => {
  const { topics } = offlineBroker().context;
  const id = topics.create('t', 1, {}, Date.now())?.id ?? '';
  const named = readReference(new Reader(bytesOf((w) => w.string('gone'))), false, topics);
  expect(named).toEqual({ topic: 'gone', id: null });
  const known = readReference(new Reader(bytesOf((w) => w.uuid(id))), true, topics);
  expect(known).toEqual({ topic: 't', id });
  const unknown = readReference(new Reader(bytesOf((w) => w.uuid(UNKNOWN))), true, topics);
  expect(unknown).toEqual({ topic: undefined, id: UNKNOWN });
  expect(bytesOf((w) => writeReference(w, named))).toEqual(bytesOf((w) => w.string('gone')));
  expect(bytesOf((w) => writeReference(w, known))).toEqual(bytesOf((w) => w.uuid(id)));
  expect(bytesOf((w) => writeReference(w, unknown))).toEqual(bytesOf((w) => w.uuid(UNKNOWN)));
  expect([named, known, unknown].map(unknownError)).toEqual([
    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
    ErrorCode.UNKNOWN_TOPIC_ID,
  ]);
});
