// One suite, two brokers: what is said of the embedded broker is also true of Apache Kafka, and is shown by clients that nobody
// here wrote.

import { describe, test } from 'vitest';
import { goClient } from './go-client.ts';
import { javaClient } from './java-client.ts';
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
import { protocol, started, understanding } from './suite.ts';
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
  describe('versions', () => versions(port));
  describe('console tools', () => javaTools(port));
  understanding(port, CLIENTS);
}

describe(EMBEDDED.name, () => otherMakers(started(EMBEDDED)));

describe(APACHE_KAFKA.name, () => {
  const reason = APACHE_KAFKA.missing();
  if (reason !== null) {
    test(`${APACHE_KAFKA.name} conforms`, (ctx) => {
      console.warn(`SKIPPED: ${reason}`);
      ctx.skip(reason);
    });
    return;
  }
  const port = started(APACHE_KAFKA);
  protocol(port);
  otherMakers(port);
});
