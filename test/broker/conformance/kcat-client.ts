// kcat, which is librdkafka on the command line.

import { type Client, CODECS, type Message, run, runs } from './client.ts';

const KEY_END = '\t';

type Line = {
  readonly key: string | null;
  readonly payload: string | null;
  readonly headers: readonly string[];
};

function read(line: string): Message {
  const { key, payload, headers } = JSON.parse(line) as Line;
  return { key, value: payload, from: headers[1] ?? '' };
}

export const kcatClient: Client = {
  name: 'kcat',
  writes: CODECS,
  reads: CODECS,
  missing: () => (runs('kcat', ['-V']) ? null : 'kcat is not installed (apt-get install kcat)'),
  produce: async (port, batches) => {
    for (const { topic, codec, messages } of batches) {
      const lines = messages.map(({ key, value }) => `${key ?? ''}${KEY_END}${value ?? ''}\n`); // -Z: nothing is null
      const where = ['-b', `127.0.0.1:${port}`, '-P', '-t', topic];
      const how = ['-K', KEY_END, '-Z', '-H', `from=${messages[0]?.from}`, '-z', codec];
      await run('kcat', [...where, ...how], lines.join(''));
    }
  },
  consume: async (port, topics, count) => {
    const read1 = async (topic: string): Promise<[string, Message[]]> => {
      const args = [
        '-b',
        `127.0.0.1:${port}`,
        '-C',
        '-t',
        topic,
        '-o',
        'beginning',
        '-c',
        String(count),
        '-q',
        '-J',
      ];
      return [topic, (await run('kcat', args)).trim().split('\n').map(read)];
    };
    const all: [string, Message[]][] = [];
    for (const topic of topics) all.push(await read1(topic));
    return new Map(all);
  },
};
