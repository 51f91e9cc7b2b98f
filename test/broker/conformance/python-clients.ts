// kafka-python and confluent-kafka, as Debian packages them, and their newest versions and aiokafka, from a Python that
// KAFKA_PYTHON names; driven through python_client.py.

import { join } from 'node:path';
import { type Client, CODECS, type Codec, group, linesOf, type Message, run, runs } from './client.ts';

const SCRIPT = join(import.meta.dirname, 'python_client.py');
export const ADMIN_SCRIPT = join(import.meta.dirname, 'python_admin.py');
const DEBIAN = '/usr/bin/python3'; // sees Debian's packages, whatever else is on the PATH
export const NEWEST = process.env.KAFKA_PYTHON ?? '';

const CODEC_MODULES = { none: 'sys', gzip: 'gzip', snappy: 'snappy', lz4: 'lz4', zstd: 'zstandard' } as const;

function has(python: string, module: string): boolean {
  return runs(python, ['-c', `import ${module}`]);
}

type Library = 'kafka-python' | 'confluent-kafka' | 'aiokafka';
const MODULES = {
  'kafka-python': 'kafka',
  'confluent-kafka': 'confluent_kafka',
  aiokafka: 'aiokafka',
} as const;

/** Debian's package of a library. */
function debian(library: Library, codecs: readonly Codec[]): Client {
  const hint = `apt-get install python3-${library.replace('-python', '')}`;
  return client(library, library, DEBIAN, codecs, hint);
}

/** A library of the Python that KAFKA_PYTHON names. */
function newest(name: string, library: Library): Client {
  return client(name, library, NEWEST, CODECS, 'KAFKA_PYTHON names a Python that has it; .ci/run makes one');
}

function client(
  name: string,
  library: Library,
  python: string,
  codecs: readonly Codec[],
  hint: string,
): Client {
  const isThere = python !== '' && has(python, MODULES[library]);
  const found = isThere ? codecs : [];
  return {
    name,
    writes: found,
    reads: found,
    missing: () => (isThere ? null : `${name} is not installed (${hint})`),
    produce: async (port, batches) => {
      await run(python, [SCRIPT, library, 'produce', String(port)], linesOf(batches));
    },
    consume: async (port, topics, count) => {
      const total = String(count * topics.length);
      const output = await run(python, [SCRIPT, library, 'consume', String(port), total, ...topics]);
      const lines = output.trim().split('\n');
      return group(
        lines.map((line) => {
          const { topic, ...message } = JSON.parse(line) as Message & { topic: string };
          return [topic, message] as const;
        }),
      );
    },
  };
}

export const kafkaPythonClient = debian(
  'kafka-python',
  CODECS.filter((codec) => has(DEBIAN, CODEC_MODULES[codec])),
);
export const confluentClient = debian('confluent-kafka', CODECS);
export const newKafkaPythonClient = newest('kafka-python-3', 'kafka-python');
export const newConfluentClient = newest('confluent-kafka-newest', 'confluent-kafka');
export const aiokafkaClient = newest('aiokafka', 'aiokafka');
