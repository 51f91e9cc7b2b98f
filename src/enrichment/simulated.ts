// Requests of the simulator: a header that only who knows the shop's secret can write says so, and from which address the
// shopper comes. Their events are marked as simulated; anybody else's header counts for nothing.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import type { NextFunction, Request, Response } from 'express';

export const SIMULATED_HEADER = 'x-shopstream-simulated';

const addresses = new WeakMap<Request, string>();

const signatureOf = (secret: string, ip: string): string =>
  createHmac('sha256', secret).update(`simulated ${ip}`).digest('base64url');

/** The header's value for a shopper with this address. */
export const simulatedHeader = (secret: string, ip: string): string => `${ip} ${signatureOf(secret, ip)}`;

/** Looks for the header, before every route. */
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
