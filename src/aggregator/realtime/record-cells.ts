// The cells that a definition reads of a record of a topic.

import { isUtf8 } from 'node:buffer';
import type { KafkaRecord } from '../../consumer/record.ts';
import { messageOf } from '../../runtime/errors.ts';
import { cellOf, readObject } from '../core/json.ts';
import type { Rec } from '../core/step.ts';

/** The cells of a record, or the message with which it is set aside. @param names of the fields, in the order of the cells */
export function cellsOf(
  { value, undecodable }: KafkaRecord,
  names: readonly string[],
): Rec['cells'] | string {
  if (undecodable !== undefined) return undecodable;
  if (value === null) return 'received a record without a value, expected a JSON object';
  if (!isUtf8(value)) return 'received bytes that are not UTF-8, expected a JSON object in UTF-8';
  try {
    const object = readObject(value.toString('utf8'));
    return object === undefined
      ? `received ${value.toString('utf8', 0, 60)}, expected a JSON object`
      : names.map((name) => cellOf(object, name));
  } catch (error) {
    return `received text that is not JSON (${messageOf(error)}), expected an object`;
  }
}
