// The disk gets full in the middle of a transaction's end: after the decision, with room for its offsets but not for its completed
// state. What the group commits meanwhile stays.

import { readFileSync, rmSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Groups } from '../../../src/broker/group/coordinator.ts';
import { Journal } from '../../../src/broker/journal.ts';
import { readHeader } from '../../../src/broker/log/record-batch.ts';
import { Topics } from '../../../src/broker/log/topics.ts';
import { parseOptions } from '../../../src/broker/options.ts';
import { ProducerIds } from '../../../src/broker/producer-ids.ts';
import { Transactions } from '../../../src/broker/transaction/coordinator.ts';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { smallDisk } from '../../support/small-disk.ts';
import { batch } from '../requests.ts';

const PAGE = 4096; // what a tmpfs gives at a time
const ENTRY_HEAD = 8;
const NOW = Date.now();
const NOBODY = { memberId: '', instanceId: null, generation: -1 };

function open(folder: string) {
  const settings = parseOptions({ dataDir: folder });
  const journal = new Journal(`${folder}/journal`);
  const topics = new Topics(`${folder}/topics`, journal, settings, NOW);
  const groups = new Groups(journal, settings, NOW);
  const producerIds = new ProducerIds(journal);
  return {
    journal,
    topics,
    groups,
    transactions: new Transactions({ journal, topics, groups, producerIds }, settings),
  };
}

/** Bytes of each entry of a journal from a position on. */
function entriesFrom(file: string, position: number): number[] {
  const bytes = readFileSync(file);
  const sizes: number[] = [];
  for (let at = position; at < bytes.length; at += sizes.at(-1) ?? bytes.length)
    sizes.push(ENTRY_HEAD + bytes.readUInt32BE(at));
  return sizes;
}

const offsetAt = (offset: number) => ({
  topic: 'topic',
  partition: 0,
  committed: { offset, metadata: null, at: NOW },
});

test('offsets that a group commits while its transaction cannot be ended are not taken back', async ({
  skip,
}) => {
  const disk = smallDisk(4);
  if (disk === undefined) return skip('no right to mount a tmpfs');
  const { journal, topics, groups, transactions } = open(disk.folder);
  const file = `${disk.folder}/journal`;
  topics.create('topic', 1, {}, NOW);
  const begin = (id: string) => {
    const { producerId, epoch } = transactions.init(id, 60_000, null);
    const producer = { producerId, epoch };
    expect(transactions.addGroup(id, producer, 'group')).toBe(ErrorCode.NONE);
    expect(transactions.addOffsets(id, producer, 'group', [offsetAt(7)])).toBe(ErrorCode.NONE);
    return producer;
  };
  const rehearsal = begin('one');
  const start = statSync(file).size;
  expect(transactions.end('one', rehearsal, true)).toBe(ErrorCode.NONE);
  const [decision = 0, offsets = 0, done = 0] = entriesFrom(file, start);
  const producer = begin('two');
  const room = PAGE - (statSync(file).size % PAGE);
  const wanted = decision + offsets + Math.floor(done / 2);
  const empty = ENTRY_HEAD + '[["pad"],""]'.length;
  journal.set([[['pad'], 'x'.repeat(room - wanted - empty + (room < wanted + empty ? PAGE : 0))]]);
  expect(PAGE - (statSync(file).size % PAGE)).toBe(wanted);

  disk.fill();
  expect(transactions.end('two', producer, true)).toBe(ErrorCode.NONE);
  expect(transactions.get('two')?.state).toBe('PrepareCommit');
  disk.empty();
  expect(await groups.commit('group', NOBODY, [offsetAt(9)])).toBe(ErrorCode.NONE);
  await expect.poll(() => transactions.get('two')?.state, { timeout: 20_000 }).toBe('CompleteCommit');
  expect(groups.offsets.get('group', 'topic', 0)?.offset).toBe(9);

  transactions.close();
  topics.close();
  journal.close();
  const again = open(disk.folder);
  expect(again.groups.offsets.get('group', 'topic', 0)?.offset).toBe(9);
  again.topics.close();
  again.journal.close();
});

test('a start on a full disk succeeds, and what nobody has open there is aborted once there is room', ({
  skip,
}) => {
  const disk = smallDisk(4);
  if (disk === undefined) return skip('no right to mount a tmpfs');
  const before = open(disk.folder);
  const log = before.topics.create('topic', 1, {}, NOW)?.partitions[0];
  if (log === undefined) throw new Error('no topic');
  const { producerId, epoch } = before.transactions.init('lost', 60_000, null);
  before.transactions.addPartitions('lost', { producerId, epoch }, [log.name]);
  const sent = { producerId, epoch, sequence: 0, attributes: 1 << 4, timestamps: [NOW] };
  const short = batch({ ...sent, values: ['x'.repeat(1000)] }).length;
  const bytes = batch({ ...sent, values: ['x'.repeat(1000 + PAGE - short)] });
  expect(bytes).toHaveLength(PAGE); // a marker needs another page
  log.append(bytes, readHeader(bytes, 0), NOW);
  before.journal.set([[['transaction', 'lost'], null]]);
  before.transactions.close();
  before.topics.close();
  before.journal.close();
  // Their pages would be room enough.
  rmSync(`${disk.folder}/topics/topic-0/00000000000000000000.seal`);
  rmSync(`${disk.folder}/topics.closed`);

  disk.fill();
  const { journal, topics, transactions } = open(disk.folder);
  const again = topics.partition('topic', 0);
  expect([again?.lastStableOffset, again?.endOffset]).toEqual([0, 1]);
  disk.empty();
  transactions.expire(0);
  expect([again?.lastStableOffset, again?.endOffset]).toEqual([2, 2]);
  transactions.close();
  topics.close();
  journal.close();
});
