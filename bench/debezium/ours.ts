// The program's sink: `start ingest` in processes of its own, as `npm start -- ingest` runs it with given servers.

import { spawn } from 'node:child_process';
import path from 'node:path';
import { packageRoot } from '../../src/runtime/paths.ts';
import { dataFolder } from '../program.ts';
import { hasEnded, type Sink, type SinkSetting, stopProcess } from './sink.ts';
import { TOPIC } from './topic.ts';

const MAIN = path.join(packageRoot, 'dist', 'src', 'main.js');

/**
 * Starts ingest; it joins the group when it is ready.
 * @param processes how many share the partitions
 */
export async function startOurs(
  processes: number,
  { kafkaPort, databaseUrl, group }: SinkSetting,
): Promise<Sink> {
  const data = dataFolder();
  const env = {
    ...process.env,
    DATA_DIR: data.folder,
    DATABASE_URL: databaseUrl,
    KAFKA_BROKERS: `127.0.0.1:${kafkaPort}`,
    KAFKA_TOPIC: TOPIC,
    KAFKA_GROUP: group,
    LOG_LEVEL: 'warn',
  };
  const children = Array.from({ length: processes }, () =>
    spawn(process.execPath, [...process.execArgv, MAIN, 'start', 'ingest'], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env,
    }),
  );
  return {
    pids: children.map(({ pid }) => pid ?? 0),
    check: () => {
      if (children.some(hasEnded)) throw new Error('ingest has ended');
    },
    stop: async () => {
      await Promise.all(children.map(stopProcess));
      data.remove();
    },
  };
}
