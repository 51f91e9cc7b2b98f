import { expect, it } from 'vitest';
import { brokers, limit, oneOf, publicUrl, sasl, topicName, wholeNumber } from '../../src/config/values.ts';

it('a whole number is one from the least to the most, in plain digits', () => {
  expect([wholeNumber('0', 0, 10), wholeNumber('10', 0, 10), wholeNumber('007', 0, 10)]).toEqual([0, 10, 7]);
  for (const text of ['11', '-0', '', '1_0', '+1', '1\n', '99999999'])
    expect(wholeNumber(text, 0, 10), JSON.stringify(text)).toBeUndefined();
});

it.each([
  ['off', Number.POSITIVE_INFINITY],
  ['1', 1],
  ['1000000', 1_000_000],
  ['0', undefined],
  ['1000001', undefined],
  ['OFF', undefined],
  ['Infinity', undefined],
])('a limit of %s is %s', (text, value) => {
  expect(limit(text)).toBe(value);
});

it('one of some words is taken in its own spelling alone', () => {
  const parse = oneOf(['on', 'off']);
  expect([parse('on'), parse('On'), parse('on '), parse(''), parse('constructor')]).toEqual([
    'on',
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

it('a topic may be as long as the name of its dead-letter topic has room for in Kafka', () => {
  const longest = 'x'.repeat(249 - '.dead-letter'.length);
  expect(topicName(longest)).toBe(longest);
  expect(topicName(`${longest}x`)).toBeUndefined();
  expect([topicName('...'), topicName('.'), topicName('')]).toEqual(['...', undefined, undefined]);
});

it('a password for Kafka may have colons and line ends in it, a user none', () => {
  expect(sasl('scram-sha-256:me:a:b\nc')).toEqual({
    mechanism: 'scram-sha-256',
    username: 'me',
    password: 'a:b\nc',
  });
  expect(sasl('scram-sha-1:me:x')).toBeUndefined();
});

it('an IPv6 address of a broker stands in brackets', () => {
  expect(brokers('[2001:db8::1]:9092')).toEqual(['[2001:db8::1]:9092']);
  expect(brokers('2001:db8::1:9092')).toBeUndefined();
  expect(brokers('[example.org]:9092')).toBeUndefined();
  expect(brokers('[1:2]:9092')).toBeUndefined();
});

it('the address of a shop has neither query, fragment nor login, and a path without what would lead elsewhere', () => {
  expect(publicUrl('https://x.org/a/../b/')).toMatchObject({ path: '/b' });
  for (const text of ['https://x.org/#a', 'https://x.org/a%2Fb', 'https://me@x.org', 'https://x.org/a;b', ''])
    expect(publicUrl(text), text).toBeUndefined();
});
