// The key that signs visitor cookies and order forms: given as COOKIE_SECRET, or made once under DATA_DIR.

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { linkSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { codeOf } from '../runtime/errors.ts';
import { ExpectationError } from '../runtime/expectation-error.ts';

/**
 * Reads the key that belongs to DATA_DIR, making it at the first start.
 * @throws {ExpectationError} for an empty file: everybody would know that key
 */
export function readSecret(dataDir: string): string {
  const file = path.join(dataDir, 'cookie-secret');
  const secret = readIfThere(file) ?? makeSecret(file);
  if (secret !== '') return secret;
  throw new ExpectationError(`received ${file}, which is empty, expected a key: delete it, and one is made`);
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Several processes may start at once: link(2) makes the file appear whole, and all read the first one's. */
function makeSecret(file: string): string {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
  return readFileSync(file, 'utf8').trim();
}

/** What the signature of an order form covers: this visitor may place this order of this item. */
export type OrderForm = { readonly orderId: string; readonly slug: string; readonly visitorId: string };

/** Signs an order form: this shop made it, for this visitor. */
export function signOrder(secret: string, { orderId, slug, visitorId }: OrderForm): string {
  return createHmac('sha256', secret).update(`order ${orderId} ${slug} ${visitorId}`).digest('base64url');
}

/** True where signOrder made the signature. */
export function isSigned(secret: string, order: OrderForm, signature: string): boolean {
  const expected = Buffer.from(signOrder(secret, order));
  const received = Buffer.from(signature);
  return expected.length === received.length && timingSafeEqual(expected, received);
}
