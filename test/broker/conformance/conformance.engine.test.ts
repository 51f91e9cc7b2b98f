// One suite, two brokers: what is said of the embedded broker is also true of Apache Kafka, and is shown by clients that nobody
// here wrote. newest-kafka.engine.test.ts says it of the newest Apache Kafka.

import { describe } from 'vitest';
import { KAFKA } from '../../real-kafka/apache-kafka.ts';
import { goClient } from './go-client.ts';
import { javaClient } from './java-client.ts';
import { javaDifferences } from './java-differences.ts';
import { javaTools } from './java-tools.ts';
import { kafkajsClient } from './kafkajs-client.ts';
import { kcatClient } from './kcat-client.ts';
import { platformaticClient } from './platformatic-client.ts';
import {
  aiokafkaClient,
  confluentClient,
  kafkaPythonClient,
  newConfluentClient,
  newKafkaPythonClient,
} from './python-clients.ts';
import { protocol, started, understanding, whereItRuns } from './suite.ts';
import { APACHE_KAFKA, EMBEDDED } from './targets.ts';
import { versions } from './versions.ts';

const CLIENTS = [
  kafkajsClient,
  platformaticClient,
  kcatClient,
  kafkaPythonClient,
  confluentClient,
  newKafkaPythonClient,
  newConfluentClient,
  aiokafkaClient,
  goClient,
  javaClient,
];

function otherMakers(port: () => number): void {
  describe('versions', () => versions(port, KAFKA));
  describe('console tools', () => javaTools(port, KAFKA));
  understanding(port, CLIENTS);
}

describe(EMBEDDED.name, () => {
  const port = started(EMBEDDED);
  otherMakers(port);
  describe('where it differs', () => javaDifferences(port, KAFKA));
});

whereItRuns(APACHE_KAFKA, () => {
  const port = started(APACHE_KAFKA);
  protocol(port);
  otherMakers(port);
});
