// franz-go, by a small program that Go builds into .kafka; its modules are only fetched where KAFKA_FETCH=1.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Client, CODECS, group, linesOf, type Message, run, runs } from './client.ts';

const SOURCE = join(import.meta.dirname, 'franz-go');
const PROGRAM = join(import.meta.dirname, '../../../.kafka/franz-go-client');
const GO = process.env.GO ?? 'go';

function missing(): string | null {
  if (existsSync(PROGRAM)) return null;
  if (!runs(GO, ['version'])) return 'franz-go needs go, which is not installed';
  if (process.env.KAFKA_FETCH !== '1')
    return 'franz-go is not in .kafka; KAFKA_FETCH=1 fetches and builds it';
  mkdirSync(dirname(PROGRAM), { recursive: true });
  execFileSync(GO, ['build', '-o', PROGRAM, '.'], { cwd: SOURCE, stdio: 'inherit' });
  return null;
}

export const goClient: Client = {
  name: 'franz-go',
  writes: CODECS,
  reads: CODECS,
  missing,
  produce: async (port, batches) => {
    await run(PROGRAM, ['produce', String(port)], linesOf(batches));
  },
  consume: async (port, topics, count) => {
    const total = String(count * topics.length);
    const printed = await run(PROGRAM, ['consume', String(port), total, ...topics]);
    return group(
      printed
        .trim()
        .split('\n')
        .map((line) => {
          const { topic, ...message } = JSON.parse(line) as Message & { topic: string };
          return [topic, message] as const;
        }),
    );
  },
};
