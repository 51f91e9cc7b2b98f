// Bytes that anybody may have sent, as JSON can carry them: text where they are UTF-8, else base64.

import { isUtf8 } from 'node:buffer';
import { z } from 'zod';

export const bytesSchema = z
  .object({
    encoding: z.enum(['utf8', 'base64']),
    value: z.string(),
    bytes: z.int().describe('how many there are in all'),
    cut: z.boolean().describe('true where value has only the first of them'),
  })
  .meta({ id: 'Bytes', description: 'Bytes of a Kafka record: text where they are UTF-8, else base64' });
export type Bytes = z.infer<typeof bytesSchema>;

/**
 * @param start the first of the bytes, or all of them
 * @param total how many there are in all
 */
export function toBytes(start: Buffer, total: number): Bytes {
  const cut = start.length < total;
  const whole = cut ? wholeCharacters(start) : start;
  const encoding = isUtf8(whole) ? 'utf8' : 'base64';
  return { encoding, value: (encoding === 'utf8' ? whole : start).toString(encoding), bytes: total, cut };
}

/** Without the first bytes of a character that the cut went through (RFC 3629: at most 3 of 4). */
function wholeCharacters(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    const isLead = byte >= 0xc0;
    if (isLead) return back < lengthBy(byte) ? bytes.subarray(0, bytes.length - back) : bytes;
    if (byte < 0x80) return bytes;
  }
  return bytes;
}

/** How many bytes a character has, by its first. */
const lengthBy = (lead: number): number => (lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2);
