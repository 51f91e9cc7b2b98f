// A valid request of each API, in a version that is not flexible and in one that is, for the fuzz test to change.

import type { Writer } from '../../src/broker/wire/writer.ts';
import { request } from './request.ts';
import { batch } from './requests.ts';

/** The topic that the requests name. */
export const TOPIC = 'fuzzed';
const TOPIC_ID = 'dQmuWtNpU25_oxfrjNSDTQ'; // of no topic
const HOSTILE = 'a transactional id';
const TRANSACTIONAL = 1 << 4;

const produceBody = (w: Writer) => {
  w.string(null)
    .int16(-1)
    .int32(1000)
    .structs([TOPIC], (t) => w.string(t).structs([0], (p) => w.int32(p).bytes(batch())));
};
const fetchBody = (w: Writer) => {
  w.int32(-1).int32(50).int32(1).int32(1000).int8(0).int32(0).int32(-1);
  w.structs([TOPIC], (t) =>
    w.string(t).structs([0], (p) => w.int32(p).int32(-1).int64(0).int64(-1).int32(1000)),
  );
  w.structs([], () => {}).string('');
};
const joinBody = (w: Writer) => {
  w.string('group').int32(1000).int32(1000).string('').string(null).string('consumer');
  w.structs(['range'], (name) => w.string(name).bytes(Buffer.from('metadata')));
};
const member = (w: Writer) => w.string('group').int32(1).string('member');
const topicsBody = (w: Writer) => {
  w.structs(['made'], (t) =>
    w
      .string(t)
      .int32(1)
      .int16(1)
      .structs([], () => {})
      .structs(['retention.ms'], (c) => w.string(c).string('1')),
  );
  w.int32(0).boolean(false);
};

const transactional = (w: Writer) => w.string(HOSTILE).int64(0).int16(0);
const transactionalBody = (w: Writer) => {
  const records = batch({ producerId: 0, epoch: 0, sequence: 0, attributes: TRANSACTIONAL });
  w.string(HOSTILE).int16(-1).int32(1000);
  w.structs([TOPIC], (t) => w.string(t).structs([0], (p) => w.int32(p).bytes(records)));
};

const deleteRecordsBody = (w: Writer) =>
  w.structs([TOPIC], (t) => w.string(t).structs([0], (p) => w.int32(p).int64(1))).int32(0);
const alterConfigsBody = (w: Writer) =>
  w
    .structs([TOPIC], (t) =>
      w
        .int8(2)
        .string(t)
        .structs(['retention.ms'], (c) => w.string(c).string('-1')),
    )
    .boolean(false);
const createPartitionsBody = (w: Writer) =>
  w
    .structs([TOPIC], (t) =>
      w
        .string(t)
        .int32(2)
        .array(null, () => {}),
    )
    .int32(0)
    .boolean(false);
const groupsBody = (w: Writer) => w.array(['group'], (id) => w.string(id));

/** Valid requests in versions that are not flexible. */
const PLAIN: readonly Buffer[] = [
  request(0, 7, 1, produceBody),
  request(1, 11, 1, fetchBody),
  request(2, 3, 1, (w) =>
    w
      .int32(-1)
      .int8(0)
      .structs([TOPIC], (t) => w.string(t).structs([0], (p) => w.int32(p).int64(5))),
  ),
  request(3, 6, 1, (w) => w.array([TOPIC], (t) => w.string(t)).boolean(true)),
  request(8, 5, 1, (w) =>
    member(w).structs([TOPIC], (t) => w.string(t).structs([0], (p) => w.int32(p).int64(1).string(''))),
  ),
  request(9, 4, 1, (w) =>
    w.string('group').structs([TOPIC], (t) => w.string(t).array([0], (p) => w.int32(p))),
  ),
  request(10, 2, 1, (w) => w.string('group').int8(0)),
  request(11, 5, 1, joinBody),
  request(12, 3, 1, (w) => member(w).string(null)),
  request(13, 1, 1, (w) => w.string('group').string('member')),
  request(14, 3, 1, (w) =>
    member(w)
      .string(null)
      .structs(['member'], (id) => w.string(id).bytes(Buffer.from('share'))),
  ),
  request(15, 2, 1, (w) => w.array(['group'], (id) => w.string(id))),
  request(16, 2, 1, () => {}),
  request(17, 1, 1, (w) => w.string('PLAIN')),
  request(18, 2, 1, () => {}),
  request(19, 4, 1, topicsBody),
  request(20, 1, 1, (w) => w.array(['made'], (t) => w.string(t)).int32(0)),
  request(22, 1, 1, (w) => w.string(null).int32(1000)),
  request(22, 1, 1, (w) => w.string(HOSTILE).int32(1000)),
  request(22, 4, 1, (w) => w.string(HOSTILE).int32(1000).int64(0).int16(0)),
  request(24, 2, 1, (w) =>
    transactional(w).structs([TOPIC], (t) => w.string(t).array([0], (p) => w.int32(p))),
  ),
  request(0, 7, 1, transactionalBody),
  request(25, 2, 1, (w) => transactional(w).string('group')),
  request(26, 3, 1, (w) => transactional(w).boolean(true)),
  request(27, 1, 1, (w) =>
    w.structs([0], (id) => {
      w.int64(id).int16(0).boolean(true);
      w.structs([TOPIC], (t) => w.string(t).array([0], (p) => w.int32(p))).int32(0);
    }),
  ),
  request(28, 3, 1, (w) => {
    w.string(HOSTILE).string('group').int64(0).int16(0).int32(-1).string('').string(null);
    w.structs([TOPIC], (t) => w.string(t).structs([0], (p) => w.int32(p).int64(1).int32(-1).string('')));
  }),
  request(61, 0, 1, (w) => w.structs([TOPIC], (t) => w.string(t).array([0], (p) => w.int32(p)))),
  request(65, 0, 1, (w) => w.array([HOSTILE], (id) => w.string(id))),
  request(66, 1, 1, (w) =>
    w
      .array(['Ongoing'], (state) => w.string(state))
      .array([0], (id) => w.int64(id))
      .int64(-1),
  ),
  request(66, 2, 1, (w) =>
    w
      .array(['Ongoing'], (state) => w.string(state))
      .array([0], (id) => w.int64(id))
      .int64(-1)
      .string('(long|short)-.*'),
  ),
  request(32, 2, 1, (w) => w.structs([TOPIC], (t) => w.int8(2).string(t).int32(-1)).boolean(false)),
  request(21, 1, 1, deleteRecordsBody),
  request(33, 1, 1, alterConfigsBody),
  request(37, 1, 1, createPartitionsBody),
  request(42, 1, 1, groupsBody),
  request(47, 0, 1, (w) =>
    w.string('group').structs([TOPIC], (t) => w.string(t).structs([0], (p) => w.int32(p))),
  ),
];

const aclBody = (w: Writer) =>
  w.int8(2).string(TOPIC).int8(3).string('User:nobody').string('*').int8(3).int8(3);

/** Valid requests in flexible versions. */
const FLEXIBLE: readonly Buffer[] = [
  request(0, 12, 1, produceBody),
  request(0, 13, 1, (w) =>
    w
      .string(null)
      .int16(-1)
      .int32(1000)
      .structs([TOPIC_ID], (t) => w.uuid(t).structs([0], (p) => w.int32(p).bytes(batch()))),
  ),
  request(1, 18, 1, (w) => {
    w.int32(50).int32(1).int32(1000).int8(0).int32(0).int32(-1);
    w.structs([TOPIC_ID], (t) =>
      w.uuid(t).structs([0], (p) => w.int32(p).int32(-1).int64(0).int32(-1).int64(-1).int32(1000)),
    );
    w.structs([], () => {}).string('');
  }),
  request(2, 10, 1, (w) =>
    w
      .int32(-1)
      .int8(0)
      .structs([TOPIC], (t) => w.string(t).structs([0], (p) => w.int32(p).int32(-1).int64(-3)))
      .int32(0),
  ),
  request(3, 13, 1, (w) =>
    w
      .structs([TOPIC], (t) => w.uuid(TOPIC_ID).string(t))
      .boolean(true)
      .boolean(true),
  ),
  request(8, 9, 1, (w) =>
    member(w)
      .string(null)
      .structs([TOPIC], (t) => w.string(t).structs([0], (p) => w.int32(p).int64(1).int32(0).string(''))),
  ),
  request(9, 10, 1, (w) =>
    w
      .structs(['group'], (g) =>
        w
          .string(g)
          .string(null)
          .int32(-1)
          .structs([TOPIC_ID], (t) => w.uuid(t).array([0], (p) => w.int32(p))),
      )
      .boolean(false),
  ),
  request(10, 5, 1, (w) => w.int8(0).array(['group'], (g) => w.string(g))),
  request(11, 9, 1, (w) => {
    joinBody(w);
    w.string(null);
  }),
  request(12, 4, 1, (w) => member(w).string(null)),
  request(13, 5, 1, (w) =>
    w.string('group').structs(['member'], (m) => w.string(m).string(null).string(null)),
  ),
  request(14, 5, 1, (w) =>
    member(w)
      .string(null)
      .string('consumer')
      .string('range')
      .structs(['member'], (id) => w.string(id).bytes(Buffer.from('share'))),
  ),
  request(15, 6, 1, (w) => w.array(['group'], (id) => w.string(id)).boolean(true)),
  request(16, 5, 1, (w) => w.array(['Stable'], (state) => w.string(state)).array([], () => {})),
  request(18, 4, 1, (w) => w.string('fuzz').string('1')),
  request(19, 7, 1, topicsBody),
  request(20, 6, 1, (w) => w.structs([TOPIC_ID], (t) => w.string(null).uuid(t)).int32(0)),
  request(22, 5, 1, (w) => w.string(null).int32(1000).int64(-1).int16(-1)),
  request(23, 4, 1, (w) =>
    w.int32(-1).structs([TOPIC], (t) => w.string(t).structs([0], (p) => w.int32(p).int32(0).int32(0))),
  ),
  request(32, 4, 1, (w) =>
    w
      .structs([TOPIC], (t) =>
        w
          .int8(2)
          .string(t)
          .array(null, () => {}),
      )
      .boolean(false)
      .boolean(false),
  ),
  request(35, 4, 1, (w) => w.structs([TOPIC], (t) => w.string(t).array([0], (p) => w.int32(p)))),
  request(44, 1, 1, (w) =>
    w
      .structs([TOPIC], (t) =>
        w
          .int8(2)
          .string(t)
          .structs(['cleanup.policy'], (c) => w.string(c).int8(2).string('compact')),
      )
      .boolean(false),
  ),
  request(29, 3, 1, aclBody),
  request(30, 3, 1, (w) => w.structs([0], () => aclBody(w))),
  request(31, 3, 1, (w) => w.structs([0], () => aclBody(w))),
  request(43, 2, 1, (w) => {
    w.int8(0);
    w.structs([TOPIC], (t) => w.string(t).array([0], (p) => w.int32(p))).int32(1000);
  }),
  request(75, 0, 1, (w) => {
    w.structs([TOPIC], (t) => w.string(t)).int32(10);
    w.int8(1).string(TOPIC).int32(0).tags();
  }),
  request(45, 0, 1, (w) =>
    w
      .int32(1000)
      .structs([TOPIC], (t) =>
        w.string(t).structs([null, [0]], (nodes) => w.int32(0).array(nodes, (node) => w.int32(node))),
      ),
  ),
  request(46, 0, 1, (w) => w.int32(1000).structs([TOPIC], (t) => w.string(t).array([0], (p) => w.int32(p)))),
  request(48, 1, 1, (w) =>
    w.structs(['client-id'], (type) => w.string(type).int8(0).string('fuzz')).boolean(false),
  ),
  request(50, 0, 1, (w) => w.structs(['nobody'], (user) => w.string(user))),
  request(55, 2, 1, (w) =>
    w.structs(['__cluster_metadata'], (t) => w.string(t).structs([0], (p) => w.int32(p))),
  ),
  request(74, 1, 1, (w) => w.array([2, 16], (type) => w.int8(type))),
  request(60, 2, 1, (w) => w.boolean(true).int8(1).boolean(false)),
  request(21, 2, 1, deleteRecordsBody),
  request(33, 2, 1, alterConfigsBody),
  request(37, 3, 1, createPartitionsBody),
  request(42, 2, 1, groupsBody),
];

/** All of them. */
export const VALID: readonly Buffer[] = [...PLAIN, ...FLEXIBLE];
