import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { PartsControl } from '../../src/processes/control.ts';
import { DetourSigns, Faults } from '../../src/processes/faults.ts';
import { Supervisor } from '../../src/processes/supervisor.ts';
import type { RunningPart } from '../../src/runtime/running-part.ts';
import { eventually } from '../support/eventually.ts';
import { testLog } from '../support/log.ts';

/** A part that is a process which waits. */
async function startWaiting(): Promise<RunningPart> {
  const child = spawn('sleep', ['600'], { stdio: 'ignore' });
  await once(child, 'spawn');
  const exited = once(child, 'exit');
  const ended = exited.then(([, signal]) => Promise.reject(new Error(`it ended with ${signal}`)));
  ended.catch(() => {});
  return {
    pid: child.pid,
    ended,
    close: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function controlled(...parts: readonly ('web' | 'ingest')[]) {
  const supervisor = new Supervisor(startWaiting, testLog);
  const control = new PartsControl(supervisor, new Faults(new DetourSigns()));
  onTestFinished(async () => {
    control.close();
    await supervisor.stop();
  });
  for (const part of parts) await supervisor.keep(part);
  const look = async () => (await control.handle({ do: 'look' })).parts;
  return { control, look };
}

it('a look has every part with its process, its state and its memory', async () => {
  const { look } = await controlled('web', 'ingest');
  const running = { state: 'running', ends: 0, last_end: null, paused_until: null };
  const parts = await look();
  expect(parts).toMatchObject([
    { part: 'web', ...running, pid: expect.any(Number), since: expect.stringMatching(/Z$/) },
    { part: 'ingest', ...running, pid: expect.any(Number), since: expect.stringMatching(/Z$/) },
  ]);
  if (process.platform === 'linux') for (const { memory } of parts) expect(memory).toBeGreaterThan(0);
});

it('a part that is killed is started again, and its end is told', async () => {
  const { control, look } = await controlled('ingest');
  const [before] = await look();
  await control.handle({ do: 'kill', part: 'ingest' });
  const after = await eventually(async () => {
    const [part] = await look();
    return part?.state === 'running' && part.ends === 1 && part;
  });
  expect(after.pid).not.toBe(before?.pid);
  expect(after.last_end).toBe('it ended with SIGKILL');
});

it('the part that serves the request is killed and paused once its answer is out', async () => {
  const { control, look } = await controlled('web');
  const { parts } = await control.handle({ do: 'kill', part: 'web' });
  expect(parts).toMatchObject([{ part: 'web', state: 'running', ends: 0 }]);
  await eventually(async () => (await look())[0]?.ends === 1);
});

it.skipIf(process.platform === 'win32')(
  'a part is paused once at a time, and goes on when it is resumed',
  async () => {
    const { control, look } = await controlled('ingest');
    const pause = { do: 'pause', part: 'ingest', seconds: 60 } as const;
    const resume = { do: 'resume', part: 'ingest' } as const;
    await expect(control.handle(resume)).rejects.toThrow('ingest is not paused');
    await control.handle(pause);
    expect(await look()).toMatchObject([{ state: 'paused', paused_until: expect.stringMatching(/Z$/) }]);
    await expect(control.handle(pause)).rejects.toThrow('ingest is paused already');
    await control.handle(resume);
    expect(await look()).toMatchObject([{ state: 'running', paused_until: null }]);
  },
);

it('heal ends every pause and every fault', async () => {
  const { control } = await controlled('ingest');
  await control.handle({ do: 'pause', part: 'ingest', seconds: 60 });
  const fault = { do: 'fault', target: 'kafka', kind: 'silent', ms: 0, seconds: 60 } as const;
  expect((await control.handle(fault)).faults).toMatchObject([{ target: 'kafka', kind: 'silent' }]);
  expect(await control.handle({ do: 'heal' })).toMatchObject({ parts: [{ state: 'running' }], faults: [] });
});

it.each(['nobody', '__proto__', ''])(
  'a part that there is not is told with those that there are: %j',
  async (part) => {
    const { control } = await controlled('web', 'ingest');
    await expect(control.handle({ do: 'kill', part })).rejects.toThrow(
      `received the part ${JSON.stringify(part)}, expected web, ingest`,
    );
  },
);
