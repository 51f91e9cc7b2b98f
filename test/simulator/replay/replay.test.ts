// Recorded files and a range of the topic, sent again through the real line, and what is told of it at the end.

import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { clusterOf } from '../../../src/connections.ts';
import { createKafka } from '../../../src/kafka/client.ts';
import { ExpectationError } from '../../../src/runtime/expectation-error.ts';
import { FAULT_NAMES } from '../../../src/simulator/core/faults.ts';
import { readLedger } from '../../../src/simulator/ledger/read.ts';
import { readTopic } from '../../../src/simulator/ledger/topic.ts';
import { verifyRun } from '../../../src/simulator/ledger/verify.ts';
import { type ReplayGiven, readReplayOptions } from '../../../src/simulator/replay/options.ts';
import { Pause } from '../../../src/simulator/replay/pause.ts';
import { sendReplay, withRecords } from '../../../src/simulator/replay/replay.ts';
import { RUN_HEADER } from '../../../src/simulator/targets/kafka.ts';
import { type Line, startLine, temporaryFolder } from '../../support/line.ts';
import { testLog } from '../../support/log.ts';

const START = Date.parse('2026-03-02T09:00:00.000Z');
const id = (digit: number) => String(digit).repeat(32);

const folder = temporaryFolder();
function fileOf(name: string, lines: readonly unknown[]): string {
  const file = path.join(folder, name);
  const textOf = (one: unknown) => (typeof one === 'string' ? one : JSON.stringify(one));
  writeFileSync(file, lines.map(textOf).join('\n'));
  return file;
}

const show = (n: number, changes: object = {}) => ({
  user_id: n % 7,
  product: 'sneakers',
  title: 'banner_show',
  time: new Date(START + n).toISOString(),
  ...changes,
});

let line: Line;
beforeAll(async () => {
  line = await startLine();
});

const placeOf = () => ({
  kafka: createKafka(clusterOf(line.config), 'test-replay', testLog),
  topic: line.config.KAFKA_TOPIC,
  dataDir: line.config.DATA_DIR,
  shop: '',
  secret: undefined,
  log: testLog,
});

type Sending = { readonly pause?: Pause; readonly signal?: AbortSignal; readonly begun?: () => void };

/** Sends it; the words of its end, and its ledger. */
async function send(
  file: string | undefined,
  given: ReplayGiven,
  { pause = new Pause(), signal = new AbortController().signal, begun = () => {} }: Sending = {},
) {
  const place = placeOf();
  const options = readReplayOptions(file, given, Date.now());
  const said = await withRecords(options, place, (plan) =>
    sendReplay(plan, options, place, pause, signal, begun),
  );
  const [, ledgerFile = ''] = /ledger: ([^;]+);/.exec(said.lines.join('\n')) ?? [];
  return { ...said, ledger: await readLedger(ledgerFile) };
}

/** The same, and what `verify` finds. */
async function sent(file: string | undefined, given: ReplayGiven) {
  const said = await send(file, given);
  const verifier = {
    kafka: placeOf().kafka,
    pool: line.pool,
    group: line.config.KAFKA_GROUP,
    sessions: false,
    timeoutMs: 60_000,
  };
  return { ...said, differences: (await verifyRun(said.ledger, verifier)).differences };
}

/** The records of a run in Kafka, by their number: value and timestamp. */
async function recordsOf(run: string) {
  const records: { n: number; event: { time: string; context: { received_at: string } }; at: number }[] = [];
  await readTopic(placeOf().kafka, line.config.KAFKA_TOPIC, {}, async (_, messages) => {
    for (const { headers, value, timestamp } of messages) {
      const [of, n] = headers?.[RUN_HEADER]?.toString().split('/') ?? [];
      if (of === run)
        records.push({ n: Number(n), event: JSON.parse(value?.toString() ?? ''), at: Number(timestamp) });
    }
  });
  return records.sort((one, other) => one.n - other.n);
}

describe('a replay', { timeout: 240_000 }, () => {
  it('a replay is in Kafka and in the table, event for event; what is no event is told of', async () => {
    const lines = Array.from({ length: 500 }, (_, n) => show(n, n % 3 === 0 ? { product: 'clothes' } : {}));
    const file = fileOf('many.ndjson', [...lines, 'no json', { user_id: 1 }]);
    const { failures, ledger, differences } = await sent(file, { speed: 'max' });
    expect(failures).toEqual([
      '2 rows are not events: 2 times: it has no valid time in "time"; --map names another column',
    ]);
    expect(ledger.entries).toHaveLength(500);
    expect(differences).toEqual([]);
  });

  it('a replay may be of a range of the topic itself, with what is no event as it was', async () => {
    const from = Date.now();
    const producer = line.kafka.producer();
    await producer.connect();
    await producer.send({
      topic: line.config.KAFKA_TOPIC,
      messages: [{ value: 'no event' }, { value: null }],
    });
    await producer.disconnect();
    await sent(fileOf('few.ndjson', [show(1), show(2), show(3)]), { speed: 'max' });
    const { ledger, differences } = await sent(undefined, { from, speed: 'max' });
    expect(ledger.entries.map(({ expect: expected }) => expected).sort()).toEqual([
      'empty',
      'not_json',
      'stored',
      'stored',
      'stored',
    ]);
    expect(differences).toEqual([]);
  });

  it('a replay with every fault is counted as it was injected', async () => {
    const lines = Array.from({ length: 400 }, (_, n) => show(n));
    const given = { chaos: 'all=10%', speed: 'max' };
    const { failures, ledger, differences } = await sent(fileOf('all-faults.ndjson', lines), given);
    expect(failures).toEqual([]);
    expect(new Set(ledger.entries.flatMap(({ faults }) => faults))).toEqual(new Set(FAULT_NAMES));
    expect(ledger.head.command).toContain('--chaos all=10%');
    expect(differences).toEqual([]);
  });

  it('a replay tells of the rows that are no events by reason, the first three of which have a number', async () => {
    const products = ['hats', 'hats', 'gloves', 'scarves', 'socks', 'hats'];
    const lines = [show(1), ...products.map((product, n) => show(n, { product }))];
    const { failures, ledger } = await send(fileOf('reasons.ndjson', lines), { speed: 'max' });
    expect(ledger.entries).toHaveLength(1);
    expect(failures).toHaveLength(1);
    const [head = '', ...reasons] = failures[0]?.split(/: (?=\d+ times)|; (?=\d+ times)/) ?? [];
    expect(head).toBe('6 rows are not events');
    expect(reasons.map((reason) => /^(\d+) times: .*?"(\w+)"/.exec(reason)?.slice(1))).toEqual([
      ['3', 'hats'],
      ['1', 'gloves'],
      ['1', 'scarves'],
    ]);
  });

  it('a replay that is paused moves its events by the pause, and both deliveries of one alike', async () => {
    const pause = new Pause();
    // Longer at each look: no two sends have the same pause behind them.
    let total = 0;
    Object.defineProperty(pause, 'total', {
      get: () => {
        total += 60_000;
        return total;
      },
    });
    const context = { received_at: new Date(START + 500).toISOString() };
    const twice = show(0, { order_id: id(4), context });
    const file = fileOf('paused.ndjson', [twice, twice, show(1_000)]);
    const { ledger, lines } = await send(file, { speed: 'max' }, { pause });
    const [first, second, other] = await recordsOf(ledger.head.run);
    expect(lines[2]).toBe('expected: stored 2, duplicate 1');
    expect(second?.event).toEqual(first?.event);
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(60_000);
    const ahead = (record: typeof first) => (record?.at ?? 0) - Date.parse(record?.event.time ?? '');
    expect([ahead(first), ahead(other)]).toEqual([500, 0]);
    expect(first?.event.context.received_at).toBe(new Date(first?.at ?? 0).toISOString());
    expect(ledger.entries.map(({ at }) => at)).toEqual([first?.at, second?.at, other?.at]);
  });

  it('a replay that is stopped has what it sent in its ledger, without an end', async () => {
    const stop = new AbortController();
    const file = fileOf('long.ndjson', [show(0), show(3_600_000)]);
    const given = { keepTiming: true, clock: Date.now() } as const;
    const sending = send(file, given, {
      signal: stop.signal,
      begun: () => void setTimeout(() => stop.abort(), 1_000),
    });
    const { ledger } = await sending;
    expect(ledger.ended).toBe(false);
    expect(ledger.entries.length).toBeLessThan(2);
  });
});

describe('records', () => {
  it('a range without a record is an error that names the topic', async () => {
    const from = Date.now() + 86_400_000;
    const options = readReplayOptions(undefined, { from }, Date.now());
    const nothing = withRecords(options, placeOf(), async () => expect.unreachable());
    await expect(nothing).rejects.toThrow(
      new ExpectationError(`the topic ${line.config.KAFKA_TOPIC} has no record in that range`),
    );
  });

  it('the file of a range is there while its records are read, and gone where that fails', async () => {
    await send(fileOf('one.ndjson', [show(1)]), { speed: 'max' });
    let file = '';
    const options = readReplayOptions(undefined, { from: 0 }, Date.now());
    const failing = withRecords(options, placeOf(), async (plan) => {
      ({ file } = plan);
      expect([existsSync(file), plan.isTopic]).toEqual([true, true]);
      throw new Error('Kafka is gone');
    });
    await expect(failing).rejects.toThrow('Kafka is gone');
    expect(existsSync(path.dirname(file))).toBe(false);
  });
});
