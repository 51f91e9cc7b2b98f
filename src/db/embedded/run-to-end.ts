// Runs one of PostgreSQL's programs until it ends.

import { type ChildProcess, spawn } from 'node:child_process';
import { DatabaseError } from '../errors.ts';
import { type Command, surroundingsOf } from './account.ts';

/**
 * Runs a program and waits for its end.
 * @param name of the program, for the error
 * @param input its standard input
 * @throws {DatabaseError} EMBEDDED_START with its last output, where its exit code is not 0
 */
export async function runToEnd(command: Command, name: string, input = ''): Promise<void> {
  const child = spawn(command.file, command.args, {
    ...surroundingsOf(command),
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const output: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
  // A program that ends early closes its input; its exit code is reported below.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve());
  });
  if (child.exitCode === 0) return;
  throw new DatabaseError(
    'EMBEDDED_START',
    `${name} failed: ${endOf(child, Buffer.concat(output).toString())}`,
  );
}

/** Why a program has ended: its last output, or its exit code or signal where it has printed nothing or a signal has ended it. */
export function endOf({ exitCode, signalCode }: ChildProcess, output: string): string {
  const how = signalCode === null ? `it ended with exit code ${exitCode}` : `it was ended by ${signalCode}`;
  const words = lastLines(output);
  if (words === '') return how;
  return signalCode === null ? words : `${words} | ${how}`;
}

/** The last errors in a server's output, or else its last lines, on one line. */
export function lastLines(text: string): string {
  const lines = text.trim().split('\n');
  const errors = lines.filter((line) => /\b(ERROR|FATAL|PANIC):/.test(line));
  return (errors.length > 0 ? errors : lines).slice(-4).join(' | ');
}
