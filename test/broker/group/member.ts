import type { Member, Protocol } from '../../../src/broker/group/group.ts';

/** A member that works; `changes` win. */
export const member = (id: string, changes: Partial<Member> = {}): Member => ({
  id,
  instanceId: null,
  clientId: '',
  clientHost: '127.0.0.1',
  sessionTimeout: 1_000,
  rebalanceTimeout: 2_000,
  protocols: protocols('range'),
  assignment: Buffer.alloc(0),
  waiting: null,
  deadline: 1_000,
  ...changes,
});

/** Protocols in the order in which a member likes them. */
export const protocols = (...names: readonly string[]): Protocol[] =>
  names.map((name) => ({ name, metadata: Buffer.from(name) }));
