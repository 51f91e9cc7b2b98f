// A client as the conformance suite uses it: it writes topics, each with a codec, and reads topics from their start. There is a file for
// each client.

import { execFile, execFileSync } from 'node:child_process';

export const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
export type Codec = (typeof CODECS)[number];

export type Message = {
  readonly key: string | null;
  readonly value: string | null;
  /** One header for all messages of a call, since command-line clients can do no more. */
  readonly from: string;
};

/** Messages of one topic, packed by one codec. */
export type Batch = {
  readonly topic: string;
  readonly codec: Codec;
  readonly messages: readonly Message[];
};

export type Client = {
  readonly name: string;
  /** Codecs that it writes, and reads, on this machine. */
  readonly writes: readonly Codec[];
  readonly reads: readonly Codec[];
  /** Why it cannot run here; null if it can. */
  missing(): string | null;
  produce(port: number, batches: readonly Batch[]): Promise<void>;
  /** Reads `count` messages of each topic, in order, by topic. */
  consume(port: number, topics: readonly string[], count: number): Promise<Map<string, Message[]>>;
};

/** Runs a command and resolves with what it prints; rejects with what it complains about. */
export function run(command: string, args: readonly string[], input = '', timeout = 60_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(command, args, { timeout, maxBuffer: 2 ** 28 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${command} ${args.join(' ')}\n${error.message}\n${stdout}\n${stderr}`));
      else resolve(stdout);
    });
    child.stdin?.end(input);
  });
}

/** What a program gets to write: a batch a line, in JSON. */
export const linesOf = (batches: readonly Batch[]): string =>
  batches.map((batch) => `${JSON.stringify(batch)}\n`).join('');

/** Whether a command can be run at all. */
export function runs(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export function group(
  messages: Iterable<readonly [topic: string, message: Message]>,
): Map<string, Message[]> {
  const topics = new Map<string, Message[]>();
  for (const [topic, message] of messages) topics.set(topic, [...(topics.get(topic) ?? []), message]);
  return topics;
}
