// Apache Kafka on this machine, without a container: its jars fetched by Maven into .kafka/lib, one node in KRaft
// mode with a folder and ports of its own. The reference for the embedded broker's tests and benchmarks, and the
// real cluster for everybody else's. Nothing is downloaded unless KAFKA_FETCH=1 says so.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/ports.ts';

const ROOT = rootAbove(import.meta.dirname);
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;

/** The checkout's folder, also for the compiled form of this file in dist/. */
function rootAbove(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : rootAbove(join(folder, '..'));
}

/** Of a JVM that lives for seconds: better code, and threads to collect garbage, are not worth their time. */
export const FAST_START = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto'];

export type ApacheKafka = {
  readonly port: number;
  readonly pid: number;
  /** From the start of its process, on storage that is formatted, until it takes connections. */
  readonly startMs: number;
  /** Ends it in order and removes its folder. */
  stop(): Promise<void>;
};

/** One release of Apache Kafka: its broker, its tools, its Java client. */
export type Release = {
  /** Of the broker, the client and the console tools. */
  readonly classPath: string;
  /** Why it cannot run here; null if it can. Fetches its jars first where KAFKA_FETCH=1. */
  missing(): string | null;
  /** Starts one node; resolves once it takes connections. `jvm` are java's own options, `settings` more lines of its properties. */
  start(jvm?: readonly string[], settings?: readonly string[]): Promise<ApacheKafka>;
};

/** The release of that version; without one, of the version that pom.xml names. */
function release(version?: string): Release {
  const lib = join(ROOT, version ? `.kafka/lib-${version}` : '.kafka/lib');
  const classPath = join(lib, '*');
  let found: { readonly missing: string | null } | undefined;
  const missing = () => {
    found ??= { missing: findMissing(lib, version) };
    return found.missing;
  };
  return { classPath, missing, start: (jvm, settings) => startApacheKafka(classPath, jvm, settings) };
}

/** Apache Kafka, where nothing is said about its version; KAFKA_VERSION takes another one than pom.xml. */
export const KAFKA = release(process.env.KAFKA_VERSION);
/** The newest that Maven has. */
export const NEWEST_KAFKA = release('4.4.0');

function findMissing(lib: string, version?: string): string | null {
  if (!runs('java', ['-version'])) return 'Apache Kafka needs java, which is not installed';
  if (hasJars(lib)) return null;
  if (process.env.KAFKA_FETCH !== '1')
    return `Apache Kafka's jars are not in ${lib}; KAFKA_FETCH=1 fetches them`;
  if (!runs('mvn', ['--version'])) return "fetching Apache Kafka's jars needs mvn, which is not installed";
  fetchJars(lib, version);
  return null;
}

function hasJars(lib: string): boolean {
  return existsSync(lib) && readdirSync(lib).some((name) => name.startsWith('kafka_2.13'));
}

/** Fetches the jars beside their place first, so that nobody sees half of them. */
function fetchJars(lib: string, version?: string): void {
  mkdirSync(join(ROOT, '.kafka'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, '.kafka/fetch-'));
  const pom = join(ROOT, 'test/real-kafka/pom.xml');
  const settings = [`-DoutputDirectory=${folder}`, ...(version ? [`-Dkafka.version=${version}`] : [])];
  execFileSync('mvn', ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', ...settings], {
    stdio: 'inherit',
  });
  if (!hasJars(lib)) execFileSync('mv', ['-T', folder, lib]);
  rmSync(folder, { recursive: true, force: true });
}

/** True where the command is there and succeeds. */
export function runs(command: string, args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function properties(folder: string, port: number, controllerPort: number): string {
  return [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${controllerPort}`,
    `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names=CONTROLLER',
    `log.dirs=${folder}/log`,
    'offsets.topic.replication.factor=1',
    'offsets.topic.num.partitions=4',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'transaction.state.log.num.partitions=4',
    'transaction.abort.timed.out.transaction.cleanup.interval.ms=500',
    'share.coordinator.state.topic.replication.factor=1',
    'share.coordinator.state.topic.min.isr=1',
    'group.initial.rebalance.delay.ms=0',
    'group.min.session.timeout.ms=100',
  ].join('\n');
}

async function startApacheKafka(
  jars: string,
  jvm: readonly string[] = [...FAST_START, '-Xmx512m'],
  settings: readonly string[] = [],
): Promise<ApacheKafka> {
  const folder = mkdtempSync(join(tmpdir(), 'apache-kafka-'));
  const [port, controllerPort] = [await freePort(), await freePort()];
  const config = join(folder, 'server.properties');
  writeFileSync(config, [properties(folder, port, controllerPort), ...settings].join('\n'));
  const clusterId = randomBytes(16).toString('base64url').replace(/^-/, 'A');
  const classPath = ['-cp', jars];
  const format = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', config];
  execFileSync('java', [...FAST_START, ...classPath, ...format], { stdio: 'ignore' });
  const startedAt = performance.now();
  const child = spawn('java', [...jvm, ...classPath, 'kafka.Kafka', config], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      output = (output + text).slice(-10_000);
    });
  }
  const stop = async () => {
    await ended(child);
    rmSync(folder, { recursive: true, force: true });
  };
  if (await listens(child, port))
    return { port, pid: child.pid ?? 0, startMs: performance.now() - startedAt, stop };
  await stop();
  throw new Error(`Apache Kafka did not listen on ${port} within ${START_TIMEOUT_MS} ms: ${output}`);
}

async function listens(child: ChildProcess, port: number): Promise<boolean> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline && child.exitCode === null) {
    if (await connects(port)) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await exit;
  clearTimeout(timer);
}
