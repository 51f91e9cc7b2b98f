// The measures of a client: the same events in the same order, CPU time of this process alone.

import { newId, newOrderId } from '../../src/events/ids.ts';
import { percentile } from '../statistics.ts';

const EVENTS = Number(process.env.EVENTS ?? 100_000);
const SINGLES = Number(process.env.SINGLES ?? 1_000);
const BATCH = 1_000;

export type Figures = {
  readonly produced: number;
  readonly producedCpu: number;
  readonly singleP50: number;
  readonly singleP99: number;
  readonly consumed: number;
  readonly consumedCpu: number;
};

export type Message = { readonly key: string; readonly value: string };

/** A connected client whose topic exists. */
export type Client = {
  /** Resolves when Kafka has acknowledged all of them. */
  send(messages: readonly Message[]): Promise<unknown>;
  /** Reads the topic from its beginning in a group of its own; resolves when `count` records have come. */
  consume(count: number): Promise<unknown>;
  close(): Promise<unknown>;
};

const message = (): Message => ({
  key: newId(),
  value: JSON.stringify({ order_id: newOrderId(), page_id: newId(), pad: 'x'.repeat(100) }),
});

/** Events a second and microseconds of CPU an event. */
async function timed(count: number, work: () => Promise<unknown>): Promise<[number, number]> {
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return [(count * 1000) / (performance.now() - began), (user + system) / count];
}

/** Measures the client and prints its figures as JSON. */
export async function report(client: Client): Promise<void> {
  const batches = Array.from({ length: Math.ceil(EVENTS / BATCH) }, () =>
    Array.from({ length: BATCH }, message),
  );
  const count = batches.length * BATCH;
  const [produced, producedCpu] = await timed(count, async () => {
    for (const batch of batches) await client.send(batch);
  });
  const times: number[] = [];
  for (let n = 0; n < SINGLES; n += 1) {
    const began = performance.now();
    await client.send([message()]);
    times.push(performance.now() - began);
  }
  const [consumed, consumedCpu] = await timed(count + SINGLES, () => client.consume(count + SINGLES));
  await client.close();
  const figures: Figures = {
    produced,
    producedCpu,
    singleP50: percentile(times, 0.5),
    singleP99: percentile(times, 0.99),
    consumed,
    consumedCpu,
  };
  console.log(JSON.stringify(figures));
  process.exit(0);
}
