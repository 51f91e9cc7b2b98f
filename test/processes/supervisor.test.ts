import { Writable } from 'node:stream';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Supervisor } from '../../src/processes/supervisor.ts';
import type { RunningPart } from '../../src/runtime/running-part.ts';
import { eventually } from '../support/eventually.ts';

function testSupervisor(start: (count: number) => RunningPart) {
  const lines: { readonly level: number; readonly msg: string }[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  let count = 0;
  const supervisor = new Supervisor(
    async () => {
      count += 1;
      return start(count);
    },
    pino({ level: 'debug' }, sink),
  );
  onTestFinished(() => supervisor.stop());
  return { supervisor, lines };
}

function lasting(): RunningPart {
  let closed = () => {};
  const ended = new Promise<void>((resolve) => {
    closed = resolve;
  });
  return { close: async () => closed(), ended };
}
function ending(cause: string): RunningPart {
  const ended = Promise.reject(new Error(cause));
  ended.catch(() => {});
  return { close: async () => {}, ended };
}

describe('a supervised part', () => {
  it('a supervised part is started again, and its cause is logged at level error', async () => {
    const { supervisor, lines } = testSupervisor((count) => (count === 1 ? ending('disk full') : lasting()));
    await supervisor.keep('ingest');
    const line = await eventually(() => lines.find(({ msg }) => msg.includes('disk full')));
    expect(line).toMatchObject({ level: 50, msg: 'ingest has ended: disk full; starting it again' });
  });

  it('the metrics tell of a part that ends three times right after its start, not of one that stays', async () => {
    const { supervisor } = testSupervisor((count) => (count <= 3 ? ending('no codec') : lasting()));
    await supervisor.keep('ingest');
    const metrics = await eventually(async () => {
      const text = await supervisor.metrics('web');
      return text.includes('} 3') && text;
    });
    expect(metrics).toMatch(/^shopstream_part_quick_ends\{part="ingest"\} 3$/m);
    const steady = testSupervisor(lasting);
    await steady.supervisor.keep('web');
    expect(await steady.supervisor.metrics('web')).toMatch(/^shopstream_part_quick_ends\{part="web"\} 0$/m);
  });
});
