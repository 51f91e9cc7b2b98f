// The embedded broker with npm's clients. conformance.engine.test.ts runs the same on Apache Kafka, and both with the clients of
// other makers.

import { describe } from 'vitest';
import { kafkajsClient } from './kafkajs-client.ts';
import { platformaticClient } from './platformatic-client.ts';
import { protocol, started, understanding } from './suite.ts';
import { EMBEDDED } from './targets.ts';

describe(EMBEDDED.name, () => {
  const port = started(EMBEDDED);
  protocol(port);
  understanding(port, [kafkajsClient, platformaticClient]);
});
