import { expect, it } from 'vitest';
import { lastLines, runToEnd } from '../../../src/db/embedded/run-to-end.ts';

it('of a server’s output the errors are told, or else its end, on one line', () => {
  const chat = Array.from({ length: 6 }, (_, line) => `LOG:  line ${line}`);
  expect(lastLines(`${chat.join('\n')}\n`)).toBe('LOG:  line 2 | LOG:  line 3 | LOG:  line 4 | LOG:  line 5');
  expect(lastLines([...chat, 'FATAL:  no room', ...chat, 'ERROR:  nor here', ...chat].join('\n'))).toBe(
    'FATAL:  no room | ERROR:  nor here',
  );
  expect(lastLines('')).toBe('');
});

const shell = (script: string) => ({ file: '/bin/sh', args: ['-c', script] });

it('a program that ends well has read what it was given', async () => {
  await expect(runToEnd(shell('read word && [ "$word" = yes ]'), 'sh', 'yes\n')).resolves.toBeUndefined();
});

it('a program that fails is told by its name and its errors', async () => {
  await expect(runToEnd(shell('echo "FATAL:  no room" >&2; exit 3'), 'initdb')).rejects.toMatchObject({
    code: 'EMBEDDED_START',
    message: 'initdb failed: FATAL:  no room',
  });
});

it('a program that ends before it has read all is told by its own error', async () => {
  await expect(runToEnd(shell('echo early >&2; exit 1'), 'sh', 'x'.repeat(10_000_000))).rejects.toThrow(
    'sh failed: early',
  );
});

it('a program that somebody ends, or that says nothing, is told by how it ended', async () => {
  await expect(runToEnd(shell('echo "creating" >&2; kill -9 $$'), 'initdb')).rejects.toThrow(
    'initdb failed: creating | it was ended by SIGKILL',
  );
  await expect(runToEnd(shell('exit 7'), 'initdb')).rejects.toThrow(
    'initdb failed: it ended with exit code 7',
  );
});
