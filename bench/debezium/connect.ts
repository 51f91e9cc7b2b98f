// Debezium's JDBC sink in Kafka Connect, standalone, with its fastest settings of those tried in
// docs/decisions/beside-debezium.md.

import { spawn } from 'node:child_process';
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '../../test/support/ports.ts';
import { dataFolder } from '../program.ts';
import type { Job } from './columns.ts';
import { CLASS_PATH, PLUGIN_PATH } from './jars.ts';
import { hasEnded, type Sink, type SinkSetting, stopProcess } from './sink.ts';
import { TOPIC } from './topic.ts';

/** The heap of Kafka's connect-standalone.sh, without its G1, with which the sink made 55 k rows/s instead of 95. */
const JAVA_OPTIONS = (process.env.JAVA_OPTIONS ?? '-Xms256M -Xmx2G -XX:+UseParallelGC').split(' ');
const FETCH_BYTES = 8 * 1024 * 1024;

type Settings = Readonly<Record<string, string>>;

function workerSettings(folder: string, kafkaPort: number, restPort: number, job: Job): Settings {
  return {
    'bootstrap.servers': `127.0.0.1:${kafkaPort}`,
    'key.converter': 'org.apache.kafka.connect.converters.ByteArrayConverter',
    'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
    'value.converter.schemas.enable': 'true',
    'value.converter.schema.content': JSON.stringify(job.schema),
    'offset.storage.file.filename': path.join(folder, 'offsets'),
    'plugin.path': PLUGIN_PATH,
    // The other modes scan every class of the plugin at each start.
    'plugin.discovery': 'service_load',
    listeners: `http://127.0.0.1:${restPort}`,
    'consumer.max.poll.records': '5000',
    'consumer.max.partition.fetch.bytes': String(FETCH_BYTES),
  };
}

function connectorSettings(name: string, databaseUrl: string, job: Job): Settings {
  const { host, pathname, username, password } = new URL(databaseUrl);
  return {
    name,
    'connector.class': 'io.debezium.connector.jdbc.JdbcSinkConnector',
    topics: TOPIC,
    'tasks.max': '3',
    'connection.url': `jdbc:postgresql://${host}${pathname}?reWriteBatchedInserts=true`,
    'connection.username': decodeURIComponent(username),
    'connection.password': decodeURIComponent(password),
    'collection.name.format': job.table,
    // A plain insert is no faster, and a repeated batch would end its task.
    'insert.mode': 'upsert',
    'primary.key.mode': 'record_value',
    'primary.key.fields': 'order_id',
    'schema.evolution': 'none',
    'batch.size': '5000',
    'dialect.postgres.unnest.insert.enabled': 'true',
    ...job.settings,
  };
}

const properties = (settings: Settings) =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');

/** Starts Connect with the sink; it joins the group when it is ready. */
export async function startDebezium(job: Job, { kafkaPort, databaseUrl, group }: SinkSetting): Promise<Sink> {
  const data = dataFolder();
  const file = (name: string) => path.join(data.folder, name);
  writeFileSync(file('worker'), properties(workerSettings(data.folder, kafkaPort, await freePort(), job)));
  writeFileSync(file('connector'), properties(connectorSettings(group, databaseUrl, job)));
  const output = openSync(file('log'), 'w');
  const main = ['org.apache.kafka.connect.cli.ConnectStandalone', file('worker'), file('connector')];
  const logging = '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn';
  const child = spawn('java', [...JAVA_OPTIONS, logging, '-cp', CLASS_PATH, ...main], {
    stdio: ['ignore', output, output],
  });
  return {
    pids: [child.pid ?? 0],
    check: () => {
      // Connect goes on after a task has failed.
      const words = readFileSync(file('log'), 'utf8');
      if (hasEnded(child) || words.includes('ERROR')) throw new Error(`Debezium has failed:\n${words}`);
    },
    stop: async () => {
      await stopProcess(child);
      data.remove();
    },
  };
}
