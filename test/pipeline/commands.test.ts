// `pipeline` on the command line, against a running shop.

import { beforeAll, describe, expect, it } from 'vitest';
import { fault, heal, signal } from '../../src/pipeline/commands.ts';
import { expectOneLine, runHere } from '../support/command.ts';
import { type Line, startLine } from '../support/line.ts';
import { freePort } from '../support/ports.ts';

let line: Line;
beforeAll(async () => {
  line = await startLine();
});

describe('the command pipeline', () => {
  it('the command pipeline shows the pipe in lines, with a fault that it has begun, until it is healed', async () => {
    const full = await runHere(['pipeline', 'fault', 'outbox', 'full', '--for', '5m', '--url', line.url]);
    expect(full).toMatchObject({ code: 0, stdout: 'outbox full for 5m\n' });
    const { code, stdout } = await runHere(['pipeline', '--url', line.url]);
    expect(code).toBe(0);
    expect(stdout).toContain('ledger    0 acknowledged = 0 stored');
    expect(stdout).toContain('fault     outbox full until');
    expect(await heal(line.config, line.url)).toBe(0);
    const { faults } = (await (await fetch(`${line.url}/api/pipeline`)).json()) as { faults: unknown[] };
    expect(faults).toEqual([]);
  });

  it('the command pipeline says in one line that no shop answers', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    expectOneLine(await runHere(['pipeline', '--url', url]), 1, `received no answer from ${url}`);
  });

  it.each([
    ['disk', 'slow', '30s', '400ms', 'received "disk", expected kafka, postgres, outbox'],
    ['kafka', 'slow', '1h', '400ms', 'expected a whole number from 1 to 300'],
    ['kafka', 'slow', '30s', 'much', 'late: received "much", expected a time as 30s'],
  ] as const)(
    'the command pipeline says what of a fault can not be used: %s %s for %s, late by %s',
    async (target, kind, lasting, late, words) => {
      await expect(fault(line.config, target, kind, { for: lasting, late, url: line.url })).rejects.toThrow(
        words,
      );
    },
  );

  it('the command pipeline says that nobody keeps the parts of a web part alone', async () => {
    await expect(signal(line.config, line.url, 'kill', 'ingest')).rejects.toThrow('the web part runs alone');
  });
});
