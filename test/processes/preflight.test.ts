// What is found before anything starts.

import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { preflight } from '../../src/processes/preflight.ts';
import { testLog } from '../support/log.ts';
import { freePort } from '../support/ports.ts';

const [one, other, third] = [await freePort(), await freePort(), await freePort()];
const check = (ports: {
  readonly PORT: number;
  readonly KAFKA_PORT: number;
  readonly POSTGRES_PORT: number;
}) =>
  preflight(
    readConfig(Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)])), {}),
    ['web', 'broker', 'postgres'],
    false,
    testLog,
  );

it('ports that are free and different are given back', async () => {
  const ports = { PORT: one, KAFKA_PORT: other, POSTGRES_PORT: third };
  await check(ports);
  await check(ports);
});

it('one port for two is told by both', async () => {
  await expect(check({ PORT: one, KAFKA_PORT: one, POSTGRES_PORT: third })).rejects.toThrow(
    `port ${one} is for the shop already; choose another one for Kafka with KAFKA_PORT or --kafka-port`,
  );
  await expect(check({ PORT: one, KAFKA_PORT: other, POSTGRES_PORT: other })).rejects.toThrow(
    `port ${other} is for Kafka already; choose another one for PostgreSQL with POSTGRES_PORT`,
  );
});

it('a port that another program has is told', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(third, '127.0.0.1', resolve));
  await expect(check({ PORT: one, KAFKA_PORT: other, POSTGRES_PORT: third })).rejects.toThrow(
    `port ${third} is taken; choose another one for PostgreSQL`,
  );
  await new Promise((resolve) => server.close(resolve));
});
