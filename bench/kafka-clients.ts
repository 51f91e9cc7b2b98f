// npm run bench:kafka-clients — kafkajs beside @platformatic/kafka: produce in batches, one send after another, consume from
// the beginning; each client in a process of its own, rounds in turn, on one embedded broker, for
// docs/decisions/kafkajs.md. EVENTS, SINGLES and ROUNDS make it smaller.

import { execFileSync, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { packageRoot } from '../src/runtime/paths.ts';
import type { Figures } from './kafka-clients/measure.ts';
import { dataFolder } from './program.ts';
import { median } from './statistics.ts';

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const CLIENTS = ['kafkajs', 'platformatic'] as const;
type Client = (typeof CLIENTS)[number];

const compiled = (...name: string[]) => path.join(packageRoot, 'dist', 'bench', ...name);

async function startBroker(folder: string): Promise<{ readonly address: string; stop(): void }> {
  const child = spawn(process.execPath, [compiled('broker', 'server.js'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const port of createInterface({ input: child.stdout }))
    return { address: `127.0.0.1:${port}`, stop: () => child.kill() };
  throw new Error('the broker printed no port');
}

function measure(client: Client, broker: string, topic: string): Figures {
  const args = [compiled('kafka-clients', `${client}.js`), broker, topic];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Figures;
}

const data = dataFolder();
const broker = await startBroker(path.join(data.folder, 'kafka'));
const seen: Record<Client, Figures[]> = { kafkajs: [], platformatic: [] };
try {
  // The first round warms the broker up.
  for (let round = 0; round <= ROUNDS; round += 1)
    for (const client of CLIENTS) {
      const figures = measure(client, broker.address, `${client}-${round}`);
      if (round > 0) seen[client].push(figures);
    }
} finally {
  broker.stop();
  data.remove();
}
const NAMES: Readonly<Record<keyof Figures, string>> = {
  produced: 'produced, events/s',
  producedCpu: 'produced, µs of CPU an event',
  singleP50: 'single sends, p50 ms',
  singleP99: 'single sends, p99 ms',
  consumed: 'consumed, events/s',
  consumedCpu: 'consumed, µs of CPU an event',
};
console.log(`${''.padEnd(32)}${CLIENTS.map((client) => client.padStart(14)).join('')}   ratio`);
for (const [figure, name] of Object.entries(NAMES) as [keyof Figures, string][]) {
  const [ours, peer] = CLIENTS.map((client) => median(seen[client].map((one) => one[figure])));
  const shown = [ours, peer].map((value = Number.NaN) => value.toFixed(value < 100 ? 2 : 0).padStart(14));
  console.log(
    `${name.padEnd(32)}${shown.join('')}   ${((peer ?? Number.NaN) / (ours ?? Number.NaN)).toFixed(2)}`,
  );
}
console.log(`median of ${ROUNDS} rounds in turn; ratio: @platformatic/kafka / kafkajs`);
