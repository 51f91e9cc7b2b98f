// Kafka Connect's and Debezium's jars in .kafka/connect, from Maven Central: `lib` is the class path, `plugins` what
// Connect loads apart. Nothing is downloaded unless KAFKA_FETCH=1 says so.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../src/runtime/paths.ts';
import { runs } from '../../test/real-kafka/apache-kafka.ts';

const KAFKA = path.join(packageRoot, '.kafka');
const HOME = path.join(KAFKA, 'connect');
const DEBEZIUM = 'io.debezium:debezium-connector-jdbc:3.5.0.Final:tar.gz:plugin';
/** Jars that Connect has itself; second copies in the plugin's folder would conflict with them. */
const BROUGHT = /^(jackson-(core|databind|annotations)|connect-api|kafka-clients|slf4j-api)-\d/;

export const CLASS_PATH = path.join(HOME, 'lib', '*');
export const PLUGIN_PATH = path.join(HOME, 'plugins');

/** Why Debezium can't run here; undefined where it can. Fetches its jars first where KAFKA_FETCH=1. */
export function debeziumMissing(): string | undefined {
  if (!runs('java', ['-version'])) return 'Debezium needs java, which is not installed';
  if (existsSync(HOME)) return undefined;
  if (process.env.KAFKA_FETCH !== '1')
    return "Connect's and Debezium's jars are not in .kafka/connect; KAFKA_FETCH=1 fetches them";
  if (!runs('mvn', ['--version'])) return 'fetching the jars needs mvn, which is not installed';
  fetchJars();
  return undefined;
}

/** Fetches into another folder and renames it, so that the folder is never half full. */
function fetchJars(): void {
  mkdirSync(KAFKA, { recursive: true });
  const folder = mkdtempSync(path.join(KAFKA, 'fetch-'));
  const [lib, plugins] = [path.join(folder, 'lib'), path.join(folder, 'plugins')];
  mkdirSync(plugins);
  const pom = path.join(packageRoot, 'bench', 'debezium', 'pom.xml');
  const mvn = (...args: string[]) =>
    execFileSync('mvn', ['-q', '-B', '-f', pom, ...args], { stdio: 'inherit' });
  mvn('dependency:copy-dependencies', `-DoutputDirectory=${lib}`);
  mvn('dependency:copy', `-Dartifact=${DEBEZIUM}`, `-DoutputDirectory=${folder}`);
  const packed = readdirSync(folder).find((name) => name.endsWith('.tar.gz')) ?? '';
  execFileSync('tar', ['-xzf', path.join(folder, packed), '-C', plugins]);
  rmSync(path.join(folder, packed));
  const plugin = path.join(plugins, 'debezium-connector-jdbc');
  for (const jar of readdirSync(plugin)) if (BROUGHT.test(jar)) rmSync(path.join(plugin, jar));
  renameSync(folder, HOME);
}
