// The subscriptions of members whose protocol type is 'consumer': the only field of their metadata that the broker reads.
//
//   Subscription => version [topic] …   version => INT16

import { MalformedRequest, Reader } from '../wire/reader.ts';
import { type Group, type Member, metadataOf } from './group.ts';

const CONSUMER = 'consumer';

/** The topics that members are subscribed to; none for a group without members, null where the metadata is unreadable. */
export function subscribedTopics(group: Group): Set<string> | null {
  const members = [...group.members.values()];
  if (members.length === 0) return new Set();
  if (group.protocolType !== CONSUMER) return null;
  const topics = members.map((member) => topicsOf(member, group.protocol));
  return topics.some((list) => list === null) ? null : new Set(topics.flatMap((list) => list ?? []));
}

function topicsOf(member: Member, protocol: string): string[] | null {
  try {
    const metadata = new Reader(metadataOf(member, protocol));
    metadata.int16();
    return metadata.array(() => metadata.string());
  } catch (error) {
    if (error instanceof MalformedRequest) return null;
    throw error;
  }
}
