// Batches that other clients have compressed, and batches that can't be decompressed, through the real broker into the real Postgres.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { batch, produce, withCrc } from '../broker/requests.ts';
import { wireClient } from '../broker/wire-client.ts';
import { anEvent } from '../support/events.ts';
import { eventually, startLine } from '../support/line.ts';

const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;

const line = await startLine();
const brokerPort = Number(line.config.KAFKA_BROKERS?.[0]?.split(':')[1]);

async function kcat(codec: string, lines: readonly string[]): Promise<void> {
  const args = ['-P', '-b', `127.0.0.1:${brokerPort}`, '-t', 'ecommerce', '-z', codec, '-p', '1'];
  const child = spawn('kcat', args, { stdio: ['pipe', 'ignore', 'inherit'] });
  child.stdin.end(lines.join('\n'));
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
}

const stored = async (orderIds: readonly string[]) =>
  (await line.pool.query('SELECT order_id FROM events WHERE order_id = ANY($1::uuid[])', [orderIds])).rows
    .length;

describe('ingest', () => {
  it.each(CODECS)('ingest stores what another client packed with %s', async (codec) => {
    // Long and alike, so that the client does pack them.
    const events = Array.from({ length: 50 }, () =>
      anEvent({ context: { referrer: 'https://example.org/a' } }),
    );
    await kcat(
      codec,
      events.map((event) => JSON.stringify(event)),
    );
    await eventually(async () => (await stored(events.map(({ order_id }) => order_id))) === events.length);
  });

  it.each([1, 2, 3, 4])(
    'ingest sets a batch aside that codec %i does not unpack, and goes on behind it',
    async (codec) => {
      const client = await wireClient(brokerPort);
      const now = Date.now();
      const broken = batch({
        values: ['no', 'such', 'thing'],
        timestamps: [now, now, now],
        attributes: codec,
      });
      const packed = (event: object) => batch({ values: [JSON.stringify(event)], timestamps: [now] });
      const before = anEvent();
      const after = anEvent();
      await produce(client, 'ecommerce', packed(before), 2);
      const { error, baseOffset } = await produce(client, 'ecommerce', broken, 2);
      expect(error).toBe(0);
      await produce(client, 'ecommerce', packed(after), 2);
      await eventually(async () => (await stored([before.order_id, after.order_id])) === 2);
      const { rows } = await line.pool.query(
        'SELECT code, reason, payload FROM dead_letters WHERE "partition" = 2 AND "offset" = $1',
        [baseOffset + 2],
      );
      expect(rows).toHaveLength(1);
      expect(rows[0].code).toBe('undecodable');
      expect(rows[0].reason).toContain(`offsets ${baseOffset} to ${baseOffset + 2}`);
      // As the broker serves it: only the base offset and the leader epoch are the broker's.
      expect(rows[0].payload.subarray(21)).toEqual(withCrc(broken).subarray(21));
    },
  );
});
