// What the board of the pipe says: of events that are sent again, and of Kafka that is away.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Streams } from '../../src/http/sse.ts';
import { Outbox } from '../../src/kafka/outbox.ts';
import { KafkaProbe } from '../../src/kafka/probe.ts';
import { Publisher } from '../../src/kafka/publisher.ts';
import { Actions } from '../../src/pipeline/actions.ts';
import { PipelineBoard } from '../../src/pipeline/board.ts';
import { afterFile } from '../support/after-file.ts';
import { anEvent } from '../support/events.ts';
import { eventually, type Line, startLine, temporaryFolder, testKafka } from '../support/line.ts';
import { testLog } from '../support/log.ts';
import { freePort } from '../support/ports.ts';

const METRICS = `shopstream_ingest_batch_records_count 3
shopstream_ingest_failed_transactions_total{part="ingest"} 2
`;

let line: Line;
let publisher: Publisher;
beforeAll(async () => {
  line = await startLine();
  const { KAFKA_TOPIC: topic } = line.config;
  publisher = new Publisher(line.kafka, topic, new Outbox(temporaryFolder(), 1_000_000), testLog);
  publisher.start();
});
afterAll(() => publisher.close());

function boardOn(kafka = line.kafka, metricsOfOthers = async () => METRICS): PipelineBoard {
  const probe = new KafkaProbe(kafka);
  afterFile(() => probe.close());
  return new PipelineBoard({
    pool: line.pool,
    probe,
    publisher,
    streams: new Streams(10),
    group: line.config.KAFKA_GROUP,
    topic: line.config.KAFKA_TOPIC,
    metricsOfOthers,
    actions: new Actions(publisher, undefined),
  });
}

describe('the board', { timeout: 120_000 }, () => {
  it('the board counts each acknowledgement of an event that is sent again, and one row', async () => {
    const board = boardOn();
    const [event, other] = [anEvent(), anEvent()];
    const places = (
      await Promise.all([[event], [other], [event]].map((one) => publisher.publishAll(one)))
    ).flat();
    expect(new Set(places.map((place) => JSON.stringify(place, (_, value) => String(value)))).size).toBe(1);
    const { outbox, ledger } = await eventually(async () => {
      const state = await board.look();
      return state.ledger?.on_the_way === 0 && state.ledger.acknowledged === 3 && state;
    });
    expect(outbox).toMatchObject({ taken: 3, acknowledged: 3, refused: 0, turned_away: 0, waiting: 0 });
    expect(ledger).toMatchObject({ acknowledged: 3, stored: 2, repeated: 1, missing: 0, whole: true });
    const { rows } = await line.pool.query('SELECT count(*)::int AS count FROM events WHERE order_id = $1', [
      event.order_id,
    ]);
    expect(rows).toEqual([{ count: 1 }]);
  });

  it('the board tells all who ask at the same time the same, and looks again for whoever asks later', async () => {
    const board = boardOn();
    const [one, other] = [board.look(), board.look()];
    expect(other).toBe(one);
    const first = await one;
    const later = await board.look();
    expect(later).not.toBe(first);
    expect(Date.parse(later.at)).toBeGreaterThanOrEqual(Date.parse(first.at));
  });

  it('the board has the sums of what the parts tell, and keeps them where they tell nothing in time', async () => {
    let told = METRICS;
    const board = boardOn(line.kafka, async () => told);
    await eventually(async () => (await board.look()).ingest.batches === 3);
    told = '';
    expect((await board.look()).ingest).toMatchObject({ batches: 3, failed: 2, records_per_batch: null });
  });

  it('the board says that Kafka does not answer, and knows no ledger before it has', async () => {
    const board = boardOn(testKafka(await freePort()));
    const state = await eventually(async () => {
      const now = await board.look();
      return now.kafka.problem !== null && now;
    });
    expect(state).toMatchObject({ ledger: null, postgres: { problem: null } });
    expect(state.kafka).toMatchObject({ partitions: [], members: [], group_state: '' });
  });
});
