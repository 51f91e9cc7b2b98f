// `pipeline` on the command line, against a running shop.

import { beforeAll, describe, expect, it } from 'vitest';
import { stateSchema } from '../../src/pipeline/state.ts';
import { expectOneLine, run } from '../support/command.ts';
import { type Line, startLine } from '../support/line.ts';
import { freePort } from '../support/ports.ts';

let line: Line;
beforeAll(async () => {
  line = await startLine();
});

describe('the command pipeline', () => {
  it('shows the pipe in lines, and as JSON', async () => {
    const { code, stdout } = await run(['pipeline', '--url', line.url]);
    expect(code).toBe(0);
    expect(stdout).toContain('ledger    0 acknowledged = 0 stored');
    expect(stdout).toContain('whole');
    const json = await run(['pipeline', 'show', '--json', '--url', line.url]);
    expect(stateSchema.parse(JSON.parse(json.stdout)).kafka.partitions).toHaveLength(3);
  });

  it('fills the outbox, and heals it', async () => {
    const full = await run(['pipeline', 'fault', 'outbox', 'full', '--for', '60s', '--url', line.url]);
    expect(full).toMatchObject({ code: 0, stdout: 'outbox full for 60s\n' });
    expect((await run(['pipeline', '--url', line.url])).stdout).toContain('fault     outbox full until');
    expect((await run(['pipeline', 'heal', '--url', line.url])).code).toBe(0);
    expect((await run(['pipeline', '--url', line.url])).stdout).not.toContain('fault  ');
  });

  it.concurrent.each([
    [['kill', 'ingest'], 'the web part runs alone'],
    [['fault', 'disk', 'slow'], 'received "disk", expected kafka, postgres, outbox'],
    [['fault', 'kafka', 'slow', '--for', '1h'], 'expected a whole number from 1 to 300'],
    [['fault', 'kafka', 'slow', '--late', 'much'], 'late: received "much", expected a time as 30s'],
  ] as const)('says in one line what can not be done: %j', async (args, words) => {
    expectOneLine(await run(['pipeline', ...args, '--url', line.url]), 1, words);
  });

  it('says that no shop answers', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    expectOneLine(await run(['pipeline', '--url', url]), 1, `received no answer from ${url}`);
  });
});
