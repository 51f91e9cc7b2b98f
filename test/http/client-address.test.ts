import express from 'express';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { clientAddressOf, limitKeyOf, readAddress } from '../../src/http/client-address.ts';

describe('readAddress', () => {
  it.each([
    ['1.2.3.4', '1.2.3.4'],
    ['1.2.3.4:5', '1.2.3.4'],
    ['"1.2.3.4:5"', '1.2.3.4'],
    [' 1.2.3.4 ', '1.2.3.4'],
    ['::ffff:1.2.3.4', '1.2.3.4'],
    ['::FFFF:102:304', '1.2.3.4'],
    ['[::ffff:1.2.3.4]:80', '1.2.3.4'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['"[2001:db8::1]:443"', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['[fe80::1%25eth0]:443', 'fe80::1'],
    ['fe80::1%', 'fe80::1'],
    ['1.2.3.4:_hidden', '1.2.3.4'],
    ['"[2001:db8::1]:_p.1-2"', '2001:db8::1'],
  ])('readAddress reads %s as %s', (text, address) => {
    expect(readAddress(text)).toBe(address);
  });

  it.each([
    '',
    'unknown',
    '_hidden',
    '1.2.3',
    '0x7f.1',
    '1.2.3.4.5',
    '1.2.3.4:5:6',
    '[1.2.3.4',
    '::1::',
    'a b',
    '%eth0',
    '\0',
  ])('readAddress reads %j as none', (text) => {
    expect(readAddress(text)).toBeUndefined();
  });
});

describe('the address of a client', () => {
  const app = (proxies: number) =>
    express()
      .set('trust proxy', proxies)
      .get('/', (req, res) => {
        res.json({ address: clientAddressOf(req) ?? null, key: limitKeyOf(req) });
      });
  const ask = async (proxies: number, headers: Readonly<Record<string, string>>) =>
    (await request(app(proxies)).get('/').set(headers)).body;

  it('the address of a client is the connection’s where no proxy is trusted, whatever headers say', async () => {
    const headers = { 'x-forwarded-for': '1.2.3.4', forwarded: 'for=1.2.3.4' };
    expect(await ask(0, headers)).toEqual({ address: '127.0.0.1', key: '127.0.0.1' });
  });

  it('the address of a client is what our outermost proxy wrote, in either header', async () => {
    expect((await ask(1, { 'x-forwarded-for': '9.9.9.9, 1.2.3.4:5' })).address).toBe('1.2.3.4');
    expect((await ask(1, { forwarded: 'for=9.9.9.9, for="[2001:db8::1]:4711"' })).address).toBe(
      '2001:db8::1',
    );
  });

  it('the address of a client is none where the proxy names none, and limits count by the proxy', async () => {
    expect(await ask(1, { 'x-forwarded-for': 'unknown' })).toEqual({ address: null, key: '127.0.0.1' });
  });

  it('a client counts by the /56 of IPv6, and is the same client with a port and without', async () => {
    const keys = ['2001:db8:0:1::1', '[2001:db8:0:1::2]:443', '2001:db8:0:ff::%en0'].map((text) =>
      ask(1, { 'x-forwarded-for': text }),
    );
    expect(new Set((await Promise.all(keys)).map(({ key }) => key)).size).toBe(1);
    const [one, other] = ['1.2.3.4:5', '1.2.3.4'].map((text) => ask(1, { 'x-forwarded-for': text }));
    expect((await one)?.key).toBe((await other)?.key);
  });
});
