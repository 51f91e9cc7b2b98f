// Requests of the simulator: a header signed with the shop's secret says so, and which address the shopper has. Their events are
// marked as simulated; a header without a valid signature is ignored.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import type { NextFunction, Request, Response } from 'express';

export const SIMULATED_HEADER = 'x-shopstream-simulated';

const addresses = new WeakMap<Request, string>();

const signatureOf = (secret: string, ip: string): string =>
  createHmac('sha256', secret).update(`simulated ${ip}`).digest('base64url');

/** The header's value for a shopper with this address. */
export const simulatedHeader = (secret: string, ip: string): string => `${ip} ${signatureOf(secret, ip)}`;

/** Middleware before every route: notes the address of a valid header, for simulatedAddress(). */
export function noteSimulated(secret: string) {
  return (req: Request, _res: Response, next: NextFunction): void => {
    const [ip = '', signature = ''] = req.get(SIMULATED_HEADER)?.split(' ') ?? [];
    const expected = Buffer.from(ip === '' ? '' : signatureOf(secret, ip));
    const received = Buffer.from(signature);
    if (isIP(ip) !== 0 && expected.length === received.length && timingSafeEqual(expected, received))
      addresses.set(req, ip);
    next();
  };
}

/** The address of the simulated shopper that a request comes from; undefined for a real one. */
export const simulatedAddress = (req: Request): string | undefined => addresses.get(req);
