// The clients that are tried on every broker; newest-kafka.engine.test.ts adds the newest of Java.

import type { Client } from './client.ts';
import { goClient } from './go-client.ts';
import { javaClient } from './java-client.ts';
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

export const EVERY_CLIENT: readonly Client[] = [
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
