// Hostile frames against a broker in a process of its own: garbage, garbage after a valid header, and valid requests with
// changed bytes, huge counts and missing ends. After every round another connection must still be served, and the broker's memory
// must be bounded. FUZZ_CASES sets the number of frames (1,000,000 in the slow form), FUZZ_SEED repeats a run.

import { connect } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { APIS } from '../../src/broker/api/apis.ts';
import { TOPIC, VALID } from './fuzz-requests.ts';
import { batch, createTopic, fetch, produce } from './requests.ts';
import { residentBytes } from './resident-bytes.ts';
import { brokerProcess, testFolder } from './running-broker.ts';
import { type WireClient, wireClient } from './wire-client.ts';

const CASES = Number(process.env.FUZZ_CASES ?? 3000);
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
const A_ROUND = 32;
const MAX_MEMORY = 400e6; // bytes

function framed(body: Uint8Array): Buffer {
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length);
  return Buffer.concat([size, body]);
}

const bytes = fc.uint8Array({ maxLength: 200 });
const extremes = fc.constantFrom(-1, -2, 0, 1, 0x7f, 0xffff, 100_000, 0x7fffffff, -0x80000000);

const afterHeader = fc
  .tuple(fc.constantFrom(...APIS), fc.integer({ min: -1, max: 19 }), bytes)
  .map(([{ key }, version, body]) => {
    const head = Buffer.alloc(10);
    head.writeInt16BE(key, 0);
    head.writeInt16BE(version, 2);
    head.writeInt16BE(-1, 8); // no client id
    return framed(Buffer.concat([head, body]));
  });

const change = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.oneof(fc.nat(255), extremes));

/** A valid request with some bytes or counts changed, and perhaps without its end, or with a wrong size. */
const changed = fc
  .tuple(
    fc.constantFrom(...VALID),
    fc.array(change, { maxLength: 4 }),
    fc.integer({ min: 0, max: 20 }),
    fc.boolean(),
  )
  .map(([valid, changes, torn, keepSize]) => {
    const body = Buffer.from(valid.subarray(4, Math.max(8, valid.length - (torn > 10 ? torn : 0))));
    for (const [where, value] of changes) {
      const at = Math.floor(where * Math.max(0, body.length - 4));
      if (value >= 0 && value <= 255) body.writeUInt8(value, at);
      else body.writeInt32BE(value, at);
    }
    return keepSize ? Buffer.concat([valid.subarray(0, 4), body]) : framed(body);
  });

const hostile = fc.oneof(
  { weight: 1, arbitrary: bytes.map((raw) => Buffer.from(raw)) },
  { weight: 1, arbitrary: bytes.map(framed) },
  { weight: 3, arbitrary: afterHeader },
  { weight: 6, arbitrary: changed },
);

/** Sends the bytes on a connection of their own and waits until the broker is done with it. */
function attack(port: number, sent: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error('the broker did not end a connection that its client ended')),
      60_000,
    );
    const socket = connect(port, '127.0.0.1', () => socket.end(sent));
    socket.resume();
    socket.on('error', () => {}); // a reset will do
    socket.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

async function stillServes(client: WireClient): Promise<void> {
  expect((await client.ask(18, 0)).int16()).toBe(0);
  expect((await produce(client, 'calm', batch())).error).toBe(0);
  expect((await fetch(client, 'calm', { maxBytes: 100 })).error).toBe(0);
}

test('each API has a valid request that is changed', () => {
  const asked = new Set(VALID.map((frame) => frame.readInt16BE(4)));
  expect(APIS.map(({ key }) => key).filter((key) => !asked.has(key))).toEqual([]);
});

test(`the broker lives through ${CASES} hostile frames`, { timeout: 180_000 + CASES * 5 }, async () => {
  console.log(`FUZZ_SEED=${SEED} FUZZ_CASES=${CASES}`);
  const { port, pid } = await brokerProcess({
    dataDir: testFolder(),
    maxPartitions: 100,
    maxGroups: 1000,
    retentionMs: -1, // the records that are sent bear an old time
  });
  const calm = await wireClient(port);
  await createTopic(calm, TOPIC);
  await createTopic(calm, 'calm');
  let highest = 0;
  const round = fc.asyncProperty(
    fc.array(hostile, { minLength: A_ROUND, maxLength: A_ROUND }),
    async (frames) => {
      await Promise.all(frames.map((frame) => attack(port, frame)));
      await stillServes(calm);
      highest = Math.max(highest, residentBytes(pid));
      expect(highest).toBeLessThan(MAX_MEMORY);
    },
  );
  await fc.assert(round, { seed: SEED, numRuns: Math.ceil(CASES / A_ROUND), endOnFailure: true });
  console.log(`highest resident memory: ${Math.round(highest / 1e6)} MB`);
});
