// As conformance.engine.test.ts, with the newest Apache Kafka: its broker, its tools, its client. On the embedded broker, where all other
// pairs of clients are tested already, its client is paired with one of each family.

import { describe } from 'vitest';
import { NEWEST_KAFKA } from '../../real-kafka/apache-kafka.ts';
import { adminClients } from './admin-clients.ts';
import type { Client } from './client.ts';
import { EVERY_CLIENT } from './every-client.ts';
import { goClient } from './go-client.ts';
import { newestJavaClient } from './java-client.ts';
import { javaTools } from './java-tools.ts';
import { kafkajsClient } from './kafkajs-client.ts';
import { platformaticClient } from './platformatic-client.ts';
import { newConfluentClient } from './python-clients.ts';
import { protocol, started, understanding, whereItRuns } from './suite.ts';
import { EMBEDDED, NEWEST_APACHE_KAFKA } from './targets.ts';
import { versions } from './versions.ts';

const FAMILIES = [kafkajsClient, platformaticClient, newConfluentClient, goClient];

function otherMakers(port: () => number, clients: readonly Client[]): void {
  describe('versions', () => versions(port, NEWEST_KAFKA));
  describe('console tools', () => javaTools(port, NEWEST_KAFKA));
  understanding(port, [newestJavaClient, ...clients]);
}

describe(EMBEDDED.name, () => otherMakers(started(EMBEDDED), FAMILIES));

whereItRuns(NEWEST_APACHE_KAFKA, () => {
  const port = started(NEWEST_APACHE_KAFKA);
  protocol(port);
  describe('administration', () => adminClients(port));
  otherMakers(port, EVERY_CLIENT);
});
