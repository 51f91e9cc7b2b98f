// The same suite on the embedded broker and on Apache Kafka, with clients of other makers. newest-kafka.engine.test.ts runs it on the
// newest Apache Kafka.

import { describe } from 'vitest';
import { KAFKA } from '../../real-kafka/apache-kafka.ts';
import { adminClients } from './admin-clients.ts';
import { EVERY_CLIENT } from './every-client.ts';
import { javaDifferences } from './java-differences.ts';
import { javaTools } from './java-tools.ts';
import { protocol, started, understanding, whereItRuns } from './suite.ts';
import { APACHE_KAFKA, EMBEDDED } from './targets.ts';
import { versions } from './versions.ts';

function otherMakers(port: () => number): void {
  describe('versions', () => versions(port, KAFKA));
  describe('console tools', () => javaTools(port, KAFKA));
  describe('administration', () => adminClients(port));
  understanding(port, EVERY_CLIENT);
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
