import { describe, expect, it } from 'vitest';
import { Offsets, type PartitionOffset } from '../../../src/broker/group/offsets.ts';
import { Journal } from '../../../src/broker/journal.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const NOW = 1_700_000_000_000;
const at = (topic: string, partition: number, offset: number): PartitionOffset => ({
  topic,
  partition,
  committed: { offset, metadata: null, at: NOW },
});

function stored() {
  const file = `${temporaryFolder()}/journal`;
  const journal = new Journal(file);
  const offsets = new Offsets(journal);
  const commit = (group: string, ...some: readonly PartitionOffset[]) =>
    offsets.commit(new Map([[group, offsets.received(some)]]), false);
  /** As a start after this finds them. */
  const again = () => {
    journal.close();
    return new Offsets(new Journal(file));
  };
  return { offsets, commit, again };
}
const found = (offsets: Offsets, group: string) =>
  offsets.of(group).map(({ topic, partition, committed }) => [topic, partition, committed.offset]);

describe('committed offsets', () => {
  it('committed offsets are each group’s own, and the same after a restart, also of odd names', () => {
    const { offsets, commit, again } = stored();
    commit('a', at('t', 0, 1), at('t', 1, 2), at('__proto__', 0, 3));
    commit('["offset","a","t"', at('t', 0, 4));
    commit('', at('t', 0, 5));
    const restarted = again();
    for (const one of [offsets, restarted]) {
      expect(found(one, 'a')).toEqual([
        ['t', 0, 1],
        ['t', 1, 2],
        ['__proto__', 0, 3],
      ]);
      expect([found(one, '["offset","a","t"'), found(one, '')]).toEqual([[['t', 0, 4]], [['t', 0, 5]]]);
      expect(one.topicsOf('a')).toEqual([
        { topic: 't', partitions: [0, 1] },
        { topic: '__proto__', partitions: [0] },
      ]);
      expect([one.has('b'), one.get('a', 't', 2), one.get('b', 't', 0)]).toEqual([
        false,
        undefined,
        undefined,
      ]);
    }
  });

  it('committed offsets that were received later stay, also where the earlier ones are stored last, and after a restart', () => {
    const { offsets, commit, again } = stored();
    const earlier = offsets.received([at('t', 0, 7), at('t', 1, 7)]);
    commit('a', at('t', 0, 9));
    offsets.commit(new Map([['a', earlier]]), false);
    expect(found(offsets, 'a')).toEqual([
      ['t', 0, 9],
      ['t', 1, 7],
    ]);
    const restarted = again();
    restarted.commit(new Map([['a', earlier]]), false);
    expect(restarted.get('a', 't', 0)?.offset).toBe(9);
    // What is received after a restart is later than all that was stored before.
    restarted.commit(new Map([['a', restarted.received([at('t', 0, 3)])]]), false);
    expect(restarted.get('a', 't', 0)?.offset).toBe(3);
  });

  it('committed offsets are forgotten by what they are, and a group without any is none', () => {
    const { offsets, commit, again } = stored();
    commit('a', at('t', 0, 1), at('u', 0, 2));
    offsets.forget('a', ({ topic }) => topic === 't');
    expect(found(offsets, 'a')).toEqual([['u', 0, 2]]);
    offsets.forget('a', () => true);
    offsets.forget('nobody', () => true);
    expect([offsets.groups(), again().groups()]).toEqual([[], []]);
  });

  it('committed offsets of a topic are forgotten once that is stored, and stay where it can’t be', () => {
    const { offsets, commit } = stored();
    commit('a', at('t', 0, 1), at('u', 0, 2));
    commit('b', at('t', 5, 3));
    const refuse = () => {
      throw new Error('ENOSPC');
    };
    expect(() => offsets.forgetTopic('t', refuse)).toThrow('ENOSPC');
    expect([offsets.get('a', 't', 0)?.offset, offsets.get('b', 't', 5)?.offset]).toEqual([1, 3]);
    const changes: unknown[] = [];
    offsets.forgetTopic('t', (those) => void changes.push(...those));
    expect(changes).toEqual([
      [['offset', 'a', 't', 0], null],
      [['offset', 'b', 't', 5], null],
    ]);
    expect([found(offsets, 'a'), offsets.groups()]).toEqual([[['u', 0, 2]], ['a']]);
  });

  it('committed offsets take memory by their number and notes, and none once they are forgotten', () => {
    const { offsets, commit } = stored();
    const noted = (partition: number, metadata: string | null) => {
      const one = at('t', partition, 1);
      return { ...one, committed: { ...one.committed, metadata } };
    };
    commit('a', noted(0, null));
    const one = offsets.bytes;
    expect(offsets.growthBy('a', [noted(0, null)])).toBe(0);
    expect(offsets.growthBy('a', [noted(0, 'x'.repeat(500)), noted(1, null)])).toBe(1_000 + one);
    commit('a', noted(0, 'x'.repeat(500)), noted(1, null));
    expect(offsets.bytes).toBe(2 * one + 1_000);
    expect(offsets.growthBy('a', [noted(0, null)])).toBe(-1_000);
    offsets.forget('a', () => true);
    expect(offsets.bytes).toBe(0);
  });
});
