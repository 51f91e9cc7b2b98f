import { expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { shopAddress } from '../../src/simulator/shop-address.ts';

it.each([
  [{}, 'http://127.0.0.1:3000'],
  [{ HOST: '192.168.1.5', PORT: '8080' }, 'http://192.168.1.5:8080'],
  // An address to listen at is none to connect to.
  [{ HOST: '0.0.0.0' }, 'http://127.0.0.1:3000'],
  [{ HOST: '::' }, 'http://[::1]:3000'],
  [{ HOST: 'fd00::5' }, 'http://[fd00::5]:3000'],
  [{ PUBLIC_URL: 'https://example.org/shop' }, 'http://127.0.0.1:3000/shop'],
])('of %j is %s', (settings, address) => {
  expect(shopAddress(readConfig(settings, {}))).toBe(address);
});
