import type { Request, Response } from 'express';
import { expect, it } from 'vitest';
import {
  noteSimulated,
  SIMULATED_HEADER,
  simulatedAddress,
  simulatedHeader,
} from '../../src/enrichment/simulated.ts';

/** The address that is noted for a request with this header. */
function noted(header: string | undefined): string | undefined {
  const req = { get: (name: string) => (name === SIMULATED_HEADER ? header : undefined) } as Request;
  let passed = 0;
  noteSimulated('secret')(req, {} as Response, () => passed++);
  expect(passed).toBe(1);
  return simulatedAddress(req);
}

const real = simulatedHeader('secret', '141.20.1.2');

it.each(['141.20.1.2', '2001:db8::1'])('the address %s is believed of who knows the secret', (address) => {
  expect(noted(simulatedHeader('secret', address))).toBe(address);
});

it.each([
  ['no header', undefined],
  ['an empty one', ''],
  ['one without a signature', '141.20.1.2'],
  ['one by another secret', simulatedHeader('guess', '141.20.1.2')],
  ['the signature of another address', real.replace('141.20.1.2', '141.20.1.3')],
  ['a signature that goes on', `${real}A`],
  ['what is signed, and no address', simulatedHeader('secret', 'localhost')],
  ['a signed nothing', simulatedHeader('secret', '')],
])('a visitor is a real one whose header is %s', (_, header) => {
  expect(noted(header)).toBeUndefined();
});
