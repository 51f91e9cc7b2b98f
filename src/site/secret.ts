// The key that signs visitor cookies and order forms: given as COOKIE_SECRET, or made once under DATA_DIR.

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Reads the key that belongs to DATA_DIR, making it at the first start. */
export function readSecret(dataDir: string): string {
  const file = path.join(dataDir, 'cookie-secret');
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  writeFileSync(file, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  return readSecret(dataDir);
}

/** Seals an order form: that this shop made the order_id for this item. */
export function sealOrder(secret: string, orderId: string, slug: string): string {
  return createHmac('sha256', secret).update(`order ${orderId} ${slug}`).digest('base64url');
}

/** True where sealOrder made the seal. */
export function isSealed(secret: string, orderId: string, slug: string, seal: string): boolean {
  const expected = Buffer.from(sealOrder(secret, orderId, slug));
  const received = Buffer.from(seal);
  return expected.length === received.length && timingSafeEqual(expected, received);
}
