import { describe, expect, it } from 'vitest';
import { readForwarded } from '../../src/http/forwarded.ts';

const host = (value: string, proxies = 1) => readForwarded({ 'x-forwarded-host': value }, proxies).hosts;
const standard = (value: string, proxies = 1) => readForwarded({ forwarded: value }, proxies);

describe('what proxies say of a request', () => {
  it('a request without a header of a proxy is taken as it came', () => {
    const headers = { 'x-forwarded-host': 'x.org', 'x-forwarded-proto': 'https', forwarded: 'host=x.org' };
    expect(readForwarded(headers, 0)).toEqual({ hosts: [], protocol: undefined, client: undefined });
  });

  it('what proxies say of a request is what our outermost proxy wrote, whatever was written before it', () => {
    expect(host('x.org')).toEqual(['x.org']);
    expect(host('forged.example, x.org')).toEqual(['x.org']);
    expect(host('forged.example, x.org, inner.example', 2)).toEqual(['x.org']);
    expect(host('x.org', 2)).toEqual(['x.org']);
  });

  it('what proxies say of a request is read from Forwarded too, quoted or not', () => {
    expect(standard('for=192.0.2.1;host=x.org;proto=https')).toEqual({
      hosts: ['x.org'],
      protocol: 'https',
      client: '192.0.2.1',
    });
    expect(standard('for="[2001:db8::1]:4711"; Host="x.org:8443" ; Proto=HTTP')).toEqual({
      hosts: ['x.org:8443'],
      protocol: 'http',
      client: '[2001:db8::1]:4711',
    });
    expect(standard('host=forged.example;for="a,b", host=x.org').hosts).toEqual(['x.org']);
    expect(standard('host="x\\.org"').hosts).toEqual(['x.org']);
    expect(standard('for=192.0.2.1')).toEqual({ hosts: [], protocol: undefined, client: '192.0.2.1' });
  });

  it('what proxies say of a request keeps both names where both headers came, as one of them may be forged', () => {
    expect(readForwarded({ 'x-forwarded-host': 'x.org', forwarded: 'host=y.org' }, 1).hosts).toEqual([
      'x.org',
      'y.org',
    ]);
  });

  it('what proxies say of a request is no protocol that nobody speaks here', () => {
    expect(readForwarded({ 'x-forwarded-proto': 'wss' }, 1).protocol).toBeUndefined();
    expect(readForwarded({ 'x-forwarded-proto': 'http,https' }, 1).protocol).toBe('https');
  });
});
