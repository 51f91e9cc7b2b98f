// Runs one of PostgreSQL's programs to its end.

import { spawn } from 'node:child_process';
import { DatabaseError } from '../errors.ts';
import { type Command, idsOf } from './account.ts';

/**
 * @param name of the program, for the error
 * @param input what it reads from standard input
 * @throws {DatabaseError} EMBEDDED_START with the end of its output, where it ends with another code than 0
 */
export async function runToEnd(command: Command, name: string, input = ''): Promise<void> {
  const child = spawn(command.file, command.args, {
    ...idsOf(command.account),
    cwd: '/',
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const output: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
  // A program that ends early closes its input; its exit code is reported below.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code === 0) return;
  throw new DatabaseError('EMBEDDED_START', `${name} failed: ${lastLines(Buffer.concat(output).toString())}`);
}

/** The errors in a server's output, or else its end, on one line. */
export function lastLines(text: string): string {
  const lines = text.trim().split('\n');
  const errors = lines.filter((line) => /\b(ERROR|FATAL|PANIC):/.test(line));
  return (errors.length > 0 ? errors : lines).slice(-4).join(' | ');
}
