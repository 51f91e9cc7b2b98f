// The same as conformance.engine.test.ts, of the newest Apache Kafka: its broker, its tools, its client; of the other clients one a
// family, as it is the broker that is new to them.

import { describe } from 'vitest';
import { NEWEST_KAFKA } from '../../real-kafka/apache-kafka.ts';
import { goClient } from './go-client.ts';
import { newestJavaClient } from './java-client.ts';
import { javaTools } from './java-tools.ts';
import { kafkajsClient } from './kafkajs-client.ts';
import { platformaticClient } from './platformatic-client.ts';
import { newConfluentClient } from './python-clients.ts';
import { protocol, started, understanding, whereItRuns } from './suite.ts';
import { EMBEDDED, NEWEST_APACHE_KAFKA } from './targets.ts';
import { versions } from './versions.ts';

const CLIENTS = [newestJavaClient, kafkajsClient, platformaticClient, newConfluentClient, goClient];

function otherMakers(port: () => number): void {
  describe('versions', () => versions(port, NEWEST_KAFKA));
  describe('console tools', () => javaTools(port, NEWEST_KAFKA));
  understanding(port, CLIENTS);
}

describe(EMBEDDED.name, () => otherMakers(started(EMBEDDED)));

whereItRuns(NEWEST_APACHE_KAFKA, () => {
  const port = started(NEWEST_APACHE_KAFKA);
  protocol(port);
  otherMakers(port);
});
