import { expect, test } from 'vitest';
import { emptyGroup, type Group } from '../../../src/broker/group/group.ts';
import { subscribedTopics } from '../../../src/broker/group/subscription.ts';
import { Writer } from '../../../src/broker/wire/writer.ts';
import { member } from './member.ts';

/** As consumers write it: a version, topics, and a field of user data. */
function subscription(...topics: readonly string[]): Buffer {
  const writer = new Writer(0).int16(3);
  writer.array(topics, (topic) => writer.string(topic)).bytes(Buffer.from('user data'));
  return Buffer.concat(writer.finish()).subarray(8);
}
const group = (...subscriptions: readonly Buffer[]): Group => ({
  ...emptyGroup('group', 0),
  protocolType: 'consumer',
  protocol: 'range',
  members: new Map(
    subscriptions.map((metadata, at) => [
      String(at),
      member(String(at), { protocols: [{ name: 'range', metadata }] }),
    ]),
  ),
});

test('the topics of a group are those of all its members', () => {
  expect(subscribedTopics(group(subscription('a', 'b'), subscription('b', 'c')))).toEqual(
    new Set(['a', 'b', 'c']),
  );
  expect(subscribedTopics(group())).toEqual(new Set());
});

test('what a member is subscribed to is unknown where its metadata is cut off, or of another type', () => {
  expect(subscribedTopics(group(subscription('a'), Buffer.from('0003', 'hex')))).toBeNull();
  expect(subscribedTopics(group(Buffer.alloc(0)))).toBeNull();
  expect(subscribedTopics({ ...group(subscription('a')), protocolType: 'connect' })).toBeNull();
});
