// kafka-python and confluent-kafka, as Debian packages them; driven through python_client.py.

import { join } from 'node:path';
import { type Client, CODECS, type Codec, group, type Message, run, runs } from './client.ts';

const SCRIPT = join(import.meta.dirname, 'python_client.py');
const PYTHON = '/usr/bin/python3'; // Debian's, which sees Debian's packages, whatever else is on the PATH

const CODEC_MODULES = { none: 'sys', gzip: 'gzip', snappy: 'snappy', lz4: 'lz4', zstd: 'zstandard' } as const;

function has(module: string): boolean {
  return runs(PYTHON, ['-c', `import ${module}`]);
}

function client(name: string, module: string, codecs: () => readonly Codec[]): Client {
  const found = has(module) ? codecs() : [];
  return {
    name,
    writes: found,
    reads: found,
    missing: () =>
      has(module)
        ? null
        : `${name} is not installed (apt-get install python3-${name.replace('-python', '')})`,
    produce: async (port, topic, codec, messages) => {
      const lines = messages.map((message) => JSON.stringify(message)).join('\n');
      await run(PYTHON, [SCRIPT, name, 'produce', String(port), topic, codec], lines);
    },
    consume: async (port, topics, count) => {
      const total = String(count * topics.length);
      const output = await run(PYTHON, [SCRIPT, name, 'consume', String(port), total, ...topics]);
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

export const kafkaPythonClient = client('kafka-python', 'kafka', () =>
  CODECS.filter((codec) => has(CODEC_MODULES[codec])),
);
export const confluentClient = client('confluent-kafka', 'confluent_kafka', () => CODECS);
