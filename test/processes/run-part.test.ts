// A part's process, where something in it goes wrong that nobody waits for.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { afterFile } from '../support/after-file.ts';
import { MAIN } from '../support/command.ts';
import { eventually, temporaryFolder, testKafka } from '../support/line.ts';
import { programSettings, startProgram } from '../support/program.ts';
import { childrenOf } from './started.ts';

/** Loaded by each process: the signal makes it reject a promise that nobody has. */
const STRAY = `process.on('SIGUSR2', () => void Promise.reject(new Error('a stray')));`;

it('a rejection that nobody takes is said with its cause, and the part ends in order and is started again', async () => {
  const script = path.join(temporaryFolder(), 'stray.mjs');
  writeFileSync(script, STRAY);
  const env = await programSettings();
  const options = `--import=${pathToFileURL(script)}`;
  const program = await startProgram({ ...env, NODE_OPTIONS: options }, ['postgres', 'broker']);
  const folder = env.DATA_DIR ?? '';
  const before = childrenOf(folder, 'broker');
  expect(before).toHaveLength(1);
  for (const pid of before) process.kill(pid, 'SIGUSR2');
  await eventually(() => childrenOf(folder, 'broker').some((pid) => !before.includes(pid)));
  await eventually(() => program.output().includes('starting it again'));
  expect(program.output()).toContain(
    'broker has ended: nobody has taken an error: a stray; starting it again',
  );
  expect(program.output()).toContain('"message":"a stray","stack":"Error: a stray');
  const admin = testKafka(Number(env.KAFKA_PORT)).admin();
  await eventually(() => admin.connect().then(() => true));
  await admin.disconnect();
  expect(await program.stop()).toBe(0);
});

it('a part whose parent is gone before it has begun ends, and leaves nobody to hold its port', async () => {
  const env = { ...process.env, ...(await programSettings()) };
  const child = fork(MAIN, ['run-part', 'broker'], { env, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  afterFile(() => void child.kill('SIGKILL'));
  child.disconnect();
  expect(await once(child, 'exit')).toEqual([0, null]);
});
