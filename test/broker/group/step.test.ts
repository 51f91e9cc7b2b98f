// Two hundred seeded random lives of a group of one to six members, in virtual time: they join, work, commit,
// fall silent, leave, and come back. The state machine is all that is real; the members follow the protocol as
// clients do, each reading on from what was committed. GROUP_SEEDS sets how many lives.

import { expect, test } from 'vitest';
import {
  type Effect,
  emptyGroup,
  type Group,
  type GroupLimits,
  type Input,
  nextDeadline,
} from '../../../src/broker/group/group.ts';
import { step } from '../../../src/broker/group/step.ts';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { mulberry32 } from '../random.ts';

const LIVES = Number(process.env.GROUP_SEEDS ?? 200);
const STEPS = 500;
const PARTITIONS = 5;
const EVERY_PARTITION = Array.from({ length: PARTITIONS }, (_, p) => p).join();
const SESSION = 1000;
const REBALANCE = 2000;
const LIMITS: GroupLimits = {
  minSessionTimeout: 1,
  maxSessionTimeout: 1e6,
  maxSize: 100,
  initialRebalanceDelay: 0,
};

type Player = {
  readonly name: string;
  memberId: string;
  generation: number;
  state: 'out' | 'joining' | 'syncing' | 'working';
  ticket: number;
  isSilent: boolean;
  positions: Map<number, number>;
};

/** A world of one group, its players and one log of numbered records a partition. */
class World {
  readonly random: () => number;
  group: Group = emptyGroup('group', 0);
  now = 0;
  tickets = 0;
  readonly players: Player[];
  readonly committed = new Map<number, number>();
  readonly processed = new Map<number, Set<number>>();
  rebalances = 0;

  constructor(seed: number) {
    this.random = mulberry32(seed);
    const count = 1 + Math.floor(this.random() * 6);
    this.players = Array.from({ length: count }, (_, i) => ({
      ...{ name: `player-${i}`, memberId: '', generation: -1, state: 'out', ticket: 0 },
      ...{ isSilent: false, positions: new Map() },
      state: 'out' as const,
    }));
  }

  run(input: Input): void {
    const before = this.group.generation;
    const { group, effects } = step(this.group, input, LIMITS, this.now);
    this.group = group;
    if (group.generation !== before) this.rebalances++;
    this.checkOwners();
    for (const effect of effects) this.deliver(effect);
  }

  /** In a stable group every partition belongs to exactly one member. */
  checkOwners(): void {
    const { members, state } = this.group;
    if ((members.size === 0) !== (state === 'Empty')) throw new Error(`${members.size} members and ${state}`);
    if (state !== 'Stable') return;
    const owned = [...members.values()]
      .flatMap(({ assignment }) => [...assignment])
      .sort()
      .join();
    if (owned !== EVERY_PARTITION) throw new Error(`owned are ${owned}`);
  }

  deliver({ ticket, answer }: Effect): void {
    const player = this.players.find((p) => p.ticket === ticket);
    if (player === undefined || player.isSilent) return; // its connection is gone
    if (answer.error !== ErrorCode.NONE) this.refused(player, answer.error, answer);
    else if (answer.kind === 'join') {
      Object.assign(player, { memberId: answer.memberId, generation: answer.generation, state: 'syncing' });
      player.ticket = 0;
      this.toSync.push([player, answer.members.map(({ id }) => id)]);
    } else if (answer.kind === 'sync') {
      player.positions = new Map([...answer.assignment].map((p) => [p, this.committed.get(p) ?? 0]));
      player.state = 'working';
    }
  }

  readonly toSync: [Player, string[]][] = [];

  refused(player: Player, error: ErrorCode, answer: Effect['answer']): void {
    if (error === ErrorCode.MEMBER_ID_REQUIRED && answer.kind === 'join') player.memberId = answer.memberId;
    else if (error !== ErrorCode.REBALANCE_IN_PROGRESS) player.memberId = '';
    player.state = 'out';
  }

  ticketFor(player: Player): number {
    player.ticket = ++this.tickets;
    return player.ticket;
  }

  join(player: Player): void {
    player.state = 'joining';
    player.positions = new Map();
    const protocols = [{ name: 'range', metadata: Buffer.from(player.name) }];
    const timeouts = { sessionTimeout: SESSION, rebalanceTimeout: REBALANCE };
    const ids = {
      memberId: player.memberId,
      newMemberId: `${player.name}-${this.tickets}`,
      instanceId: null,
    };
    const client = {
      clientId: player.name,
      clientHost: '',
      protocolType: 'consumer',
      protocols,
      idRequired: true,
      maySkip: false,
    };
    this.run({ kind: 'join', ticket: this.ticketFor(player), ...ids, ...timeouts, ...client });
  }

  /** A leader spreads the partitions over the members in turn. */
  sync(player: Player, members: string[]): void {
    if (player.state !== 'syncing') return;
    const shares = members.map((id, i): [string, Buffer] => [
      id,
      Buffer.from(Array.from({ length: PARTITIONS }, (_, p) => p).filter((p) => p % members.length === i)),
    ]);
    const { memberId, generation } = player;
    const ticket = this.ticketFor(player);
    const ids = { memberId, generation, instanceId: null, protocolType: 'consumer', protocol: 'range' };
    this.run({ kind: 'sync', ticket, ...ids, assignments: new Map(shares) });
  }

  /** Puts a request whose answer comes at once, and returns its error. */
  ask(player: Player, kind: 'heartbeat' | 'commit' | 'leave'): ErrorCode {
    const ticket = ++this.tickets;
    const { memberId, generation } = player;
    const { group, effects } = step(
      this.group,
      { kind, ticket, memberId, generation, instanceId: null, isTransactional: false },
      LIMITS,
      this.now,
    );
    this.group = group;
    this.checkOwners();
    for (const effect of effects) if (effect.ticket !== ticket) this.deliver(effect);
    return effects.find((effect) => effect.ticket === ticket)?.answer.error ?? ErrorCode.NONE;
  }

  work(player: Player): void {
    for (const [partition, position] of player.positions) {
      const count = Math.floor(this.random() * 4);
      const seen = this.processed.get(partition) ?? new Set();
      for (let offset = position; offset < position + count; offset++) seen.add(offset);
      this.processed.set(partition, seen);
      player.positions.set(partition, position + count);
    }
  }

  commit(player: Player): void {
    const error = this.ask(player, 'commit');
    if (error !== ErrorCode.NONE) this.refused(player, error, { kind: 'plain', error });
    else for (const [partition, position] of player.positions) this.accept(partition, position);
  }

  /** A commit was accepted: it must not go back, nor over a record that nobody has processed. */
  accept(partition: number, position: number): void {
    const before = this.committed.get(partition) ?? 0;
    if (position < before) throw new Error(`partition ${partition}: committed ${position} after ${before}`);
    for (let offset = before; offset < position; offset++) {
      if (!this.processed.get(partition)?.has(offset))
        throw new Error(`partition ${partition}: ${offset} was skipped`);
    }
    this.committed.set(partition, position);
  }

  heartbeat(player: Player): void {
    const error = this.ask(player, 'heartbeat');
    if (error !== ErrorCode.NONE) this.refused(player, error, { kind: 'plain', error });
  }

  /** One random thing that this player may do in its state. */
  act(player: Player): void {
    if (player.isSilent) {
      if (this.random() < 0.05) Object.assign(player, { isSilent: false, state: 'out', memberId: '' });
      return;
    }
    if (this.random() < 0.01) {
      Object.assign(player, { isSilent: true, ticket: 0 });
      return;
    }
    if (player.state === 'out') this.join(player);
    if (player.state !== 'working') return;
    const dice = this.random();
    if (dice < 0.5) this.work(player);
    else if (dice < 0.75) this.commit(player);
    else if (dice < 0.97) this.heartbeat(player);
    else {
      this.ask(player, 'leave');
      Object.assign(player, { state: 'out', memberId: '' });
    }
  }

  /** Lets time pass, ticking at each deadline as the driver's timer would. */
  pass(ms: number): void {
    const until = this.now + ms;
    for (let at = nextDeadline(this.group); at !== null && at <= until; at = nextDeadline(this.group)) {
      this.now = Math.max(this.now, at);
      this.run({ kind: 'tick' });
      if (nextDeadline(this.group) === at) throw new Error(`a tick at ${at} did not move the deadline`);
    }
    this.now = until;
  }

  turn(): void {
    this.pass(Math.floor(this.random() * 60));
    const player = this.players[Math.floor(this.random() * this.players.length)];
    if (player) this.act(player);
    while (this.toSync.length > 0 && this.random() < 0.8) {
      const [next] = this.toSync.splice(Math.floor(this.random() * this.toSync.length), 1);
      if (next && !next[0].isSilent) this.sync(...next);
    }
  }
}

test(`${LIVES} random lives: one owner a partition, nothing skipped, commits never go back`, {
  timeout: 120_000,
}, () => {
  let rebalances = 0;
  let commits = 0;
  for (let seed = 1; seed <= LIVES; seed++) {
    const world = new World(seed);
    try {
      for (let i = 0; i < STEPS; i++) world.turn();
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
    rebalances += world.rebalances;
    commits += [...world.committed.values()].filter((offset) => offset > 0).length;
  }
  expect(rebalances).toBeGreaterThan(LIVES * 3);
  expect(commits).toBeGreaterThan(LIVES * 3);
});
