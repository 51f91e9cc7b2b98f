// The embedded broker, asked by npm's clients. conformance.engine.test.ts says the same of Apache Kafka, and asks both by the
// clients of other makers.

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
