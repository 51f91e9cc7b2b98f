import { describe, expect, it } from 'vitest';
import { hostnameOf, isLoopback } from '../../src/http/host.ts';

describe('the name in a Host header', () => {
  it.each([
    ['Shop.Example:3000', 'shop.example'],
    ['shop.example.', 'shop.example'],
    ['[::1]:3000', '::1'],
    ['[0:0::1]', '::1'],
    ['127.1', '127.0.0.1'],
    ['bücher.example', 'xn--bcher-kva.example'],
  ])('%s is %s', (authority, hostname) => {
    expect(hostnameOf(authority)).toBe(hostname);
  });

  it.each([
    '',
    ' ',
    'a b',
    'localhost/evil',
    'localhost@evil.example',
    'localhost#',
    'a:b',
    '::1',
    '[::1',
    'localhost\\x',
  ])('%j is none', (authority) => {
    expect(hostnameOf(authority)).toBeUndefined();
  });

  it.each(['localhost', 'shop.localhost', '127.0.0.1', '127.9.9.9', '::1', '::ffff:7f00:1'])(
    '%s leads to this machine and no other',
    (hostname) => {
      expect(isLoopback(hostname)).toBe(true);
    },
  );

  it.each([
    'localhost.evil.example',
    'evil-localhost',
    '128.0.0.1',
    '::2',
    '0.0.0.0',
    '127.0.0.1.evil.example',
    '',
  ])('%s may be anybody', (hostname) => {
    expect(isLoopback(hostname)).toBe(false);
  });
});
