// Bytes of untrusted records in a form for JSON: text where they are UTF-8, otherwise base64.

import { isUtf8 } from 'node:buffer';
import { z } from 'zod';

export const bytesSchema = z
  .object({
    encoding: z.enum(['utf8', 'base64']),
    value: z.string(),
    bytes: z.int().describe('how many there are in all'),
    cut: z.boolean().describe('true where value has only the first of them'),
  })
  .meta({ id: 'Bytes', description: 'Bytes of a Kafka record: text where they are UTF-8, otherwise base64' });
export type Bytes = z.infer<typeof bytesSchema>;

/**
 * Converts the bytes of a key or value.
 * @param start the first of the bytes, or all of them
 * @param total the number of all bytes
 */
export function toBytes(start: Buffer, total: number): Bytes {
  const cut = start.length < total;
  const whole = cut ? wholeCharacters(start) : start;
  const encoding = isUtf8(whole) ? 'utf8' : 'base64';
  return { encoding, value: (encoding === 'utf8' ? whole : start).toString(encoding), bytes: total, cut };
}

/** The bytes without an incomplete last character (RFC 3629: at most 3 bytes of 4). */
function wholeCharacters(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    const isLead = byte >= 0xc0;
    if (isLead) return back < lengthBy(byte) ? bytes.subarray(0, bytes.length - back) : bytes;
    if (byte < 0x80) return bytes;
  }
  return bytes;
}

/** The number of bytes of a character, by its first. */
const lengthBy = (lead: number): number => (lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2);
