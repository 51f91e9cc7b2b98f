// Recorded files and a range of the topic, sent again through the real line.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { clusterOf } from '../../../src/connections.ts';
import { createKafka } from '../../../src/kafka/client.ts';
import { FAULT_NAMES } from '../../../src/simulator/core/faults.ts';
import type { Send } from '../../../src/simulator/core/inject.ts';
import { readLedger } from '../../../src/simulator/ledger/read.ts';
import { verifyRun } from '../../../src/simulator/ledger/verify.ts';
import { type ReplayGiven, readReplayOptions } from '../../../src/simulator/replay/options.ts';
import { Pause } from '../../../src/simulator/replay/pause.ts';
import { sendReplay, withRecords } from '../../../src/simulator/replay/replay.ts';
import { replaySends } from '../../../src/simulator/replay/sends.ts';
import { type Line, startLine, temporaryFolder } from '../../support/line.ts';
import { testLog } from '../../support/log.ts';

const START = Date.parse('2026-03-02T09:00:00.000Z');
const HEADER = 'order_id,user_id,page_id,product,site_version,time,title,target';
const id = (digit: number) => String(digit).repeat(32);
/** Out of order, with a gap of an hour. */
const CSV = [
  HEADER,
  `${id(3)},${id(8)},${id(7)},company,desktop,2019-01-11 10:24:43,banner_show,0`,
  `${id(1)},${id(8)},${id(7)},clothes,mobile,2019-01-11 09:24:43,banner_show,0`,
  `${id(2)},${id(8)},${id(7)},clothes,mobile,2019-01-11 09:24:45,banner_click,0`,
].join('\n');

const folder = temporaryFolder();
function fileOf(name: string, content: string | Buffer): string {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
}

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

async function planned(file: string, given: ReplayGiven = {}, most = 100): Promise<Send[]> {
  const sends: Send[] = [];
  await withRecords(readReplayOptions(file, { clock: START, ...given }, START), placeOf(), async (plan) => {
    for await (const send of replaySends(plan)) if (sends.push(send) === most) break;
  });
  return sends;
}
const times = (sends: readonly Send[]) => sends.map(({ at }) => at - START);

/** Sends it; the words of its end, and what `verify` finds. */
async function sent(file: string | undefined, given: ReplayGiven) {
  const place = placeOf();
  const signal = new AbortController().signal;
  const said = await withRecords(readReplayOptions(file, given, Date.now()), place, (plan) =>
    sendReplay(plan, readReplayOptions(file, given, Date.now()), place, new Pause(), signal, () => {}),
  );
  const [, ledgerFile = ''] = /ledger: ([^;]+);/.exec(said.lines.join('\n')) ?? [];
  const ledger = await readLedger(ledgerFile);
  const verifier = {
    kafka: place.kafka,
    pool: line.pool,
    group: line.config.KAFKA_GROUP,
    sessions: false,
    timeoutMs: 60_000,
  };
  return { ...said, ledger, differences: (await verifyRun(ledger, verifier)).differences };
}

describe('a replayed file', { timeout: 240_000 }, () => {
  it('a replayed file of the dataset comes in order of time, with its gaps, shifted to the clock', async () => {
    const sends = await planned(fileOf('product.csv', CSV));
    expect(times(sends)).toEqual([0, 2_000, 12_000]);
    expect(sends.map(({ event }) => event.title)).toEqual(['banner_show', 'banner_click', 'banner_show']);
    expect(sends[2]?.event).toMatchObject({ product: 'electronics', time: '2026-03-02T09:00:12.000Z' });
    expect(new Set(sends.map(({ event }) => event.order_id)).size).toBe(3);
    expect(times(await planned(fileOf('product.csv.gz', gzipSync(CSV)), { keepTiming: true }))).toEqual([
      0, 2_000, 3_600_000,
    ]);
    expect(times(await planned(fileOf('product.tsv', CSV.replaceAll(',', '\t')), { speed: '10x' }))).toEqual([
      0, 200, 10_200,
    ]);
  });

  it('a replayed file is the same for the same seed and clock, and begins again where it is told to', async () => {
    const file = fileOf('twice.csv', CSV);
    expect(await planned(file)).toEqual(await planned(file));
    const looped = await planned(file, { loop: true }, 7);
    expect(times(looped)).toEqual([0, 2_000, 12_000, 13_000, 15_000, 25_000, 26_000]);
    expect(new Set(looped.map(({ event }) => event.order_id)).size).toBe(7);
  });

  it('a replayed file keeps recorded lateness, a second delivery, and names of its own', async () => {
    const event = {
      order_id: id(4),
      who: 'ann',
      product: 'sneakers',
      title: 'banner_show',
      when: '2026-01-01T00:00:00Z',
      context: { received_at: '2026-01-01T00:01:00.000Z' },
    };
    const later = { ...event, order_id: id(5), context: { received_at: '2026-01-01T00:00:30.000Z' } };
    const file = fileOf('late.ndjson', [event, event, later].map((one) => JSON.stringify(one)).join('\n'));
    const sends = await planned(file, { map: 'who=user_id,when=time', speed: '10x' });
    expect(times(sends)).toEqual([0, 3_000, 3_000]);
    expect(sends.map(({ at, event: { time } }) => at - Date.parse(time))).toEqual([30_000, 60_000, 60_000]);
    expect(sends.map(({ expect: expected }) => expected)).toEqual(['stored', 'stored', 'duplicate']);
  });

  it('a replayed file is in Kafka and in the table, event for event; what is no event is told of', async () => {
    const lines = Array.from({ length: 500 }, (_, n) =>
      JSON.stringify({
        user_id: n % 7,
        product: n % 3 === 0 ? 'clothes' : 'sneakers',
        title: 'banner_show',
        time: new Date(START + n).toISOString(),
      }),
    );
    const file = fileOf('many.ndjson', [...lines, 'no json', '{"user_id": 1}'].join('\n'));
    const { failures, ledger, differences } = await sent(file, { speed: 'max' });
    expect(failures).toEqual([
      '2 rows are not events: 2 times: it has no valid time in "time"; --map names another column',
    ]);
    expect(ledger.entries).toHaveLength(500);
    expect(differences).toEqual([]);
  });

  it('a replayed file takes faults: the same for the same seed, a second delivery is of the bytes of the first', async () => {
    const rows = Array.from({ length: 400 }, (_, n) => {
      const row = `${String(n + 1).padStart(32, '0')},${id(8)},${id(7)},clothes,mobile,2019-01-11 09:24:43,banner_show,0`;
      return `${row}\n${row}`;
    });
    const file = fileOf('faulty.csv', [HEADER, ...rows].join('\n'));
    const given = { chaos: 'late=30%,malformed=30%', speed: '10x' };
    const sends = await planned(file, given, 10_000);
    expect(await planned(file, given, 10_000)).toEqual(sends);
    expect(sends).toHaveLength(800);
    for (let n = 0; n < sends.length; n += 2) {
      const [first, second] = [sends[n], sends[n + 1]];
      const expected = first?.expect === 'stored' ? 'duplicate' : first?.expect;
      expect(second).toEqual({ ...first, at: second?.at, expect: expected });
    }
    const bearing = (fault: 'late' | 'malformed') =>
      sends.filter(({ faults }) => faults.includes(fault)).length / sends.length;
    expect(bearing('late')).toBeGreaterThan(0.2);
    expect(bearing('late')).toBeLessThan(0.4);
    expect(bearing('malformed')).toBeGreaterThan(0.2);
    expect(bearing('malformed')).toBeLessThan(0.4);
    const later = await planned(file, { ...given, chaos: 'malformed=100%@1h' }, 10_000);
    expect(later.every(({ faults }) => faults.length === 0)).toBe(true);
  });

  it('a replayed file may be a range of the topic itself, with what is no event as it was', async () => {
    const from = Date.now();
    const producer = line.kafka.producer();
    await producer.connect();
    await producer.send({
      topic: line.config.KAFKA_TOPIC,
      messages: [{ value: 'no event' }, { value: null }],
    });
    await producer.disconnect();
    await sent(fileOf('few.csv', CSV), { speed: 'max' });
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

  it('a replayed file with every fault is counted as it was injected', async () => {
    const lines = Array.from({ length: 400 }, (_, n) =>
      JSON.stringify({
        user_id: n % 7,
        product: 'sneakers',
        title: 'banner_show',
        time: new Date(START + n).toISOString(),
      }),
    );
    const { failures, ledger, differences } = await sent(fileOf('all-faults.ndjson', lines.join('\n')), {
      chaos: 'all=10%',
      speed: 'max',
    });
    expect(failures).toEqual([]);
    expect(new Set(ledger.entries.flatMap(({ faults }) => faults))).toEqual(new Set(FAULT_NAMES));
    expect(ledger.head.command).toContain('--chaos all=10%');
    expect(differences).toEqual([]);
  });

  it.each([
    ['none.csv', undefined, "which doesn't exist"],
    ['product.xls', 'x', 'expected .csv, .tsv or .ndjson'],
  ])('a replayed file that can’t be read is told of: %s', async (name, content, words) => {
    const file = content === undefined ? path.join(folder, name) : fileOf(name, content);
    await expect(planned(file)).rejects.toThrow(words);
  });

  it('a replayed file that is cut off in its packing, or a pipe, is told of and not replayed in part', async () => {
    const line = `${JSON.stringify({ order_id: id(1), time: '2026-01-01T00:00:00.000Z' })}\n`;
    const packed = gzipSync(Array.from({ length: 5_000 }, (_, n) => `${n}${line}`).join(''));
    const cut = path.join(folder, 'cut.ndjson.gz');
    writeFileSync(cut, packed.subarray(0, packed.length - 100));
    await expect(planned(cut)).rejects.toThrow('does not unpack');
    const pipe = path.join(folder, 'pipe.csv');
    execFileSync('mkfifo', [pipe]);
    await expect(planned(pipe)).rejects.toThrow('no regular file');
  });
});
