// A broker for one test: in this process or, where the test kills it, in one of its own. Each has a folder of its own and a free port.
// The folder of a failed test is kept.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { onTestFinished, type TestContext } from 'vitest';
import { type Broker, type BrokerOptions, startBroker } from '../../src/broker/broker.ts';

process.env.KAFKAJS_NO_PARTITIONER_WARNING = '1';

/** A new folder that goes away with the test, unless it fails. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'broker-test-'));
  onTestFinished(({ task }: TestContext) => {
    if (task.result?.state === 'fail') console.warn(`the folder of '${task.name}' is kept: ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** A broker in this process, closed when the test ends. */
export async function testBroker(
  options: Partial<BrokerOptions> = {},
): Promise<Broker & { dataDir: string }> {
  const dataDir = options.dataDir ?? testFolder();
  const broker = await startBroker({ port: 0, groupMinSessionTimeoutMs: 100, ...options, dataDir });
  onTestFinished(() => broker.close());
  return { ...broker, dataDir };
}

/** kafkajs against a port of this machine, quiet. */
export function kafkaAt(port: number, clientId = 'test'): Kafka {
  const retry = { initialRetryTime: 50, maxRetryTime: 500, retries: 20 };
  return new Kafka({ brokers: [`127.0.0.1:${port}`], clientId, logLevel: logLevel.NOTHING, retry });
}

/** A connected admin client, disconnected when the test ends. */
export async function adminAt(port: number): Promise<Admin> {
  const admin = kafkaAt(port).admin();
  await admin.connect();
  onTestFinished(() => admin.disconnect());
  return admin;
}

/** As global-setup.ts has compiled it. */
export const COMPILED = join(import.meta.dirname, '../../dist/src/broker/broker.js');

export type BrokerProcess = {
  readonly port: number;
  readonly pid: number;
  /** Ends it with SIGKILL, as a crash would. */
  kill(): Promise<void>;
};

/** A broker in a process of its own; killed when the test ends. Rejects with what it wrote if it does not start. */
export async function brokerProcess(options: BrokerOptions): Promise<BrokerProcess> {
  const script = `
    import { startBroker } from ${JSON.stringify(COMPILED)};
    const { port } = await startBroker(${JSON.stringify({ port: 0, groupMinSessionTimeoutMs: 100, ...options })});
    console.log(port);`;
  const args = ['--input-type=module', '--eval', script];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = () => killed(child);
  onTestFinished(kill);
  return { port: await firstLine(child), pid: child.pid ?? 0, kill };
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

async function firstLine(child: ChildProcess): Promise<number> {
  let errors = '';
  child.stderr?.on('data', (text) => {
    errors += text;
  });
  if (!child.stdout) throw new Error('a broker process has no output');
  for await (const line of createInterface(child.stdout)) return Number(line);
  throw new Error(`the broker process ended without listening: ${errors}`);
}
