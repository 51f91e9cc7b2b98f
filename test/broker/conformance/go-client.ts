// franz-go, by a small program that Go builds into .kafka; its modules are only fetched where KAFKA_FETCH=1.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Client, CODECS, group, linesOf, type Message, run, runs } from './client.ts';

const SOURCE = join(import.meta.dirname, 'franz-go');
export const PROGRAM = join(import.meta.dirname, '../../../.kafka/franz-go-client');
const GO = process.env.GO ?? 'go';

let isBuilt = false;

function missing(): string | null {
  if (!isBuilt && process.env.KAFKA_FETCH === '1' && runs(GO, ['version'])) {
    mkdirSync(dirname(PROGRAM), { recursive: true });
    execFileSync(GO, ['build', '-o', PROGRAM, '.'], { cwd: SOURCE, stdio: 'inherit' });
    isBuilt = true;
  }
  return existsSync(PROGRAM)
    ? null
    : 'franz-go is not in .kafka; KAFKA_FETCH=1 fetches and builds it, where go is installed';
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
