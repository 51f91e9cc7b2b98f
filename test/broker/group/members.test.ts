// Groups of one to six members in mixed clients, each a process: started, ended in order and killed at seeded
// random moments while records keep coming. GROUP_SCHEDULES sets how many schedules (200 in the slow form),
// GROUP_SEED the first seed.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Admin } from 'kafkajs';
import { expect, onTestFinished, test } from 'vitest';
import { confluentClient, kafkaPythonClient } from '../conformance/python-clients.ts';
import { mulberry32 } from '../random.ts';
import { adminAt, kafkaAt, testBroker } from '../running-broker.ts';

const SCHEDULES = Number(process.env.GROUP_SCHEDULES ?? 2);
const FIRST_SEED = Number(process.env.GROUP_SEED ?? 1);
const AT_ONCE = SCHEDULES > 10 ? 4 : 2;
const ACTIONS = 6;
const MAX_MEMBERS = 6;
const PARTITIONS = 5;
const PYTHON = '/usr/bin/python3';

/** The clients of this machine, as commands that make a member. */
const COMMANDS: readonly (readonly string[])[] = [
  [process.execPath, join(import.meta.dirname, 'kafkajs-member.mjs')],
  ...[kafkaPythonClient, confluentClient]
    .filter((client) => client.missing() === null)
    .map(({ name }) => [PYTHON, join(import.meta.dirname, 'member.py'), name]),
];

type Life = {
  readonly random: () => number;
  readonly port: number;
  readonly group: string;
  readonly topic: string;
  readonly assignor: string;
  readonly members: ChildProcess[];
  /** Records seen by any member, by partition. */
  readonly seen: Map<number, Set<number>>;
};

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function startMember({ random, port, group, topic, assignor, members, seen }: Life): void {
  const [command = '', ...args] = COMMANDS[Math.floor(random() * COMMANDS.length)] ?? [];
  const child = spawn(command, [...args, String(port), group, topic, assignor], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  members.push(child);
  createInterface(child.stdout).on('line', (line) => {
    const [, partition, value] = line.split(' ').map(Number);
    seen.get(partition ?? -1)?.add(value ?? -1);
  });
  let complaint = '';
  child.stderr.on('data', (text) => {
    complaint += text;
  });
  child.on('exit', (code) => {
    if (code) console.warn(`a member of ${group} gave up: ${args[0]} ${complaint.slice(-500)}`);
    if (members.includes(child)) members.splice(members.indexOf(child), 1);
  });
}

async function endMember(life: Life, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  const [member] = life.members.splice(Math.floor(life.random() * life.members.length), 1);
  if (!member || member.exitCode !== null) return;
  const exit = once(member, 'exit');
  member.kill(signal);
  const impatience = setTimeout(() => member.kill('SIGKILL'), 8000);
  await exit;
  clearTimeout(impatience);
}

async function act(life: Life): Promise<void> {
  const dice = life.random();
  if (life.members.length === 0 || (dice < 0.5 && life.members.length < MAX_MEMBERS)) startMember(life);
  else await endMember(life, dice < 0.75 ? 'SIGKILL' : 'SIGTERM');
}

/** Watches, until told to stop, that commits never go back and that a stable group shares out every partition once. */
async function watch(life: Life, admin: Admin, isOver: () => boolean): Promise<void> {
  const highest = new Map<number, number>();
  while (!isOver()) {
    const [offsets] = await admin.fetchOffsets({ groupId: life.group, topics: [life.topic] });
    for (const { partition, offset } of offsets?.partitions ?? []) {
      expect(Number(offset)).toBeGreaterThanOrEqual(highest.get(partition) ?? -1);
      highest.set(partition, Number(offset));
    }
    await expectOneOwner(life, admin);
    await pause(30);
  }
}

async function expectOneOwner({ group, topic }: Life, admin: Admin): Promise<void> {
  const { groups } = await admin.describeGroups([group]);
  const [found] = groups;
  if (found?.state !== 'Stable') return;
  const owned = found.members.flatMap(({ memberAssignment }) => partitionsOf(memberAssignment, topic));
  expect(owned.sort()).toEqual(Array.from({ length: PARTITIONS }, (_, p) => p));
}

/** The partitions of a consumer protocol assignment: version [topic [partition]] userData. */
function partitionsOf(assignment: Buffer, topic: string): number[] {
  if (assignment.length < 6 || assignment.readInt32BE(2) === 0) return [];
  const at = 8 + Buffer.byteLength(topic);
  return Array.from({ length: assignment.readInt32BE(at) }, (_, i) => assignment.readInt32BE(at + 4 + 4 * i));
}

/** Writes numbered records to every partition until told to stop; resolves with how many each has. */
async function write({ port, topic }: Life, isOver: () => boolean): Promise<number> {
  const producer = kafkaAt(port).producer({ idempotent: true });
  await producer.connect();
  let count = 0;
  for (; !isOver(); count += 5) {
    const numbers = [0, 1, 2, 3, 4].map((i) => String(count + i));
    const messages = Array.from({ length: PARTITIONS }, (_, partition) =>
      numbers.map((value) => ({ partition, value })),
    );
    await producer.send({ topic, messages: messages.flat() });
    await pause(50);
  }
  await producer.disconnect();
  return count;
}

async function live(seed: number, port: number, admin: Admin): Promise<void> {
  const random = mulberry32(seed);
  const names = {
    group: `group-${seed}`,
    topic: `topic-${seed}`,
    assignor: random() < 0.5 ? 'range' : 'roundrobin',
  };
  const seen = new Map(Array.from({ length: PARTITIONS }, (_, p) => [p, new Set<number>()]));
  const life: Life = { random, port, ...names, members: [], seen };
  onTestFinished(() => {
    for (const member of life.members) member.kill('SIGKILL');
  });
  await admin.createTopics({ topics: [{ topic: life.topic, numPartitions: PARTITIONS }] });
  let writing = true;
  let watching = true;
  const written = write(life, () => !writing);
  const watched = watch(life, admin, () => !watching);
  watched.catch(() => {}); // waited for below
  startMember(life);
  for (let action = 0; action < ACTIONS; action++) {
    await pause(200 + random() * 800);
    await act(life);
  }
  writing = false;
  const count = await written;
  const missing = () => {
    if (life.members.length === 0) startMember(life);
    return [...seen].flatMap(([partition, numbers]) => {
      const first = Array.from({ length: count }, (_, i) => i).find((number) => !numbers.has(number));
      return first === undefined ? [] : [`${partition}: ${numbers.size} of ${count}, first missing ${first}`];
    });
  };
  const patience = { timeout: 60_000, message: 'records that no member has seen' };
  await expect.poll(missing, patience).toEqual([]);
  watching = false;
  await watched;
  while (life.members.length > 0) await endMember(life, 'SIGTERM');
}

test(`${SCHEDULES} schedules of mixed members: one owner a partition, nothing skipped, commits never go back`, {
  timeout: 60_000 + SCHEDULES * 30_000,
}, async () => {
  console.log(`GROUP_SEED=${FIRST_SEED} GROUP_SCHEDULES=${SCHEDULES}, clients: ${COMMANDS.length} of 3`);
  const { port } = await testBroker({ autoCreateTopics: false });
  const admin = await adminAt(port);
  const seeds = Array.from({ length: SCHEDULES }, (_, i) => FIRST_SEED + i);
  const worker = async () => {
    for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
      const current = seed;
      await live(current, port, admin).catch((error) => {
        throw new Error(`seed ${current}`, { cause: error });
      });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
});
