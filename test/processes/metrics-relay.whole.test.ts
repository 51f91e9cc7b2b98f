// The figures and the logs of the whole program, each part in its process.

import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { anEvent } from '../support/events.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/ports.ts';
import { LINE, type Program, programSettings, startProgram } from '../support/program.ts';

const event = anEvent();
let program: Program;
let scrapePort = 0;

beforeAll(async () => {
  scrapePort = await freePort();
  program = await startProgram(
    {
      ...(await programSettings()),
      LOG_LEVEL: 'debug',
      INGEST_METRICS_PORT: String(scrapePort),
    },
    LINE,
  );
  await request(program.url).post('/api/events').send(event).expect(202);
  await request(program.url).post('/api/events').send(event).expect(202);
  await eventually(async () => /outcome="duplicate"} 1/.test(await figures()));
}, 240_000);

const figures = async () => (await request(program.url).get('/metrics').expect(200)).text;
const value = (text: string, name: string) =>
  Number(new RegExp(`^${name.replaceAll(/[{}]/g, '\\$&')} (.*)$`, 'm').exec(text)?.[1] ?? Number.NaN);

describe('/metrics of the program', () => {
  it('/metrics of the program has what web and ingest have counted, each name once', async () => {
    const text = await figures();
    expect(value(text, 'shopstream_events_produced_total')).toBe(2);
    expect(value(text, 'shopstream_events_consumed_total')).toBe(2);
    expect(value(text, 'shopstream_ingest_records_total{outcome="inserted"}')).toBe(1);
    expect(value(text, 'shopstream_ingest_records_total{outcome="duplicate"}')).toBe(1);
    expect(text).toMatch(/^shopstream_ingest_lag_records{partition="\d"} 0$/m);
    for (const name of [
      'shopstream_ingest_batch_records_bucket',
      'shopstream_ingest_batch_seconds_bucket',
      'shopstream_click_to_row_seconds_bucket',
      'shopstream_click_to_chart_seconds_bucket',
      'shopstream_dead_letters_forwarded_total',
    ]) {
      expect(text).toContain(name);
    }
    const helps = text.match(/^# HELP \S+/gm) ?? [];
    expect(new Set(helps).size).toBe(helps.length);
  });

  it('/metrics of the program has ingest alone at INGEST_METRICS_PORT', async () => {
    const ingest = request(`http://127.0.0.1:${scrapePort}`);
    const { text } = await ingest
      .get('/metrics')
      .expect(200)
      .expect('Content-Type', /^text\/plain/);
    expect(value(text, 'shopstream_events_consumed_total')).toBe(2);
    expect(text).not.toContain('shopstream_events_produced_total');
    await ingest.get('/').expect(404);
  });
});

describe('the logs at level debug', () => {
  it('the logs at level debug tell of one event in every process by its order_id, from the request to the row', async () => {
    const lines = await eventually(() => {
      const mine = program
        .output()
        .split('\n')
        .filter((line) => line.startsWith('{') && line.includes(event.order_id))
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      return mine.some(({ part }) => part === 'ingest') && mine;
    });
    const [received, inKafka] = lines.filter(({ part }) => part === 'web');
    const stored = lines.find(({ part }) => part === 'ingest');
    expect([received?.msg, inKafka?.msg, stored?.msg]).toEqual([
      'event received',
      'event is in Kafka',
      'event is in Postgres',
    ]);
    expect([stored?.partition, stored?.offset]).toEqual([inKafka?.partition, inKafka?.offset]);
  });
});
