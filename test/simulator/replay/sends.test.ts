// Recorded rows as sends: their order, times and ids, for a seed and a clock. replay.test sends them.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createKafka } from '../../../src/kafka/client.ts';
import type { Send } from '../../../src/simulator/core/inject.ts';
import { type ReplayGiven, readReplayOptions } from '../../../src/simulator/replay/options.ts';
import { withRecords } from '../../../src/simulator/replay/replay.ts';
import { replaySends } from '../../../src/simulator/replay/sends.ts';
import { testLog } from '../../support/log.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

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

/** Kafka is asked for nothing where a file is read. */
const PLACE = {
  kafka: createKafka({ brokers: ['127.0.0.1:1'], ssl: false, sasl: undefined }, 'test-replay', testLog),
  topic: 'ecommerce',
  dataDir: folder,
  shop: '',
  secret: undefined,
  log: testLog,
};

async function planned(file: string, given: ReplayGiven = {}, most = 100): Promise<Send[]> {
  const sends: Send[] = [];
  await withRecords(readReplayOptions(file, { clock: START, ...given }, START), PLACE, async (plan) => {
    for await (const send of replaySends(plan)) if (sends.push(send) === most) break;
  });
  return sends;
}
const times = (sends: readonly Send[]) => sends.map(({ at }) => at - START);

describe('a replayed file', () => {
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
