// What each subcommand of `pipeline` asks the shop for: a server notes it, and answers as a shop would.

import { createServer } from 'node:http';
import { beforeEach, describe, expect, it } from 'vitest';
import { afterFile } from '../support/after-file.ts';
import { runHere } from '../support/command.ts';
import { freePort } from '../support/ports.ts';

type Asked = {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly body: unknown;
};
const asked: Asked[] = [];
const server = createServer(async (req, res) => {
  let text = '';
  for await (const chunk of req) text += chunk;
  asked.push({ method: req.method, url: req.url, body: text === '' ? undefined : JSON.parse(text) });
  res.setHeader('Content-Type', 'application/json').end('{}');
});
const listening = freePort().then(
  (port) =>
    new Promise<string>((resolve) => {
      server.listen(port, '127.0.0.1', () => resolve(`http://127.0.0.1:${port}`));
    }),
);
afterFile(() => server.close());

beforeEach(() => {
  asked.length = 0;
});

describe('the command pipeline', () => {
  it.each([
    ['kill ingest', '/api/pipeline/parts/ingest/kill', {}],
    ['resume a/b', '/api/pipeline/parts/a%2Fb/resume', {}],
    ['pause ingest', '/api/pipeline/parts/ingest/pause', { seconds: 10 }],
    ['pause ingest --for 2500ms', '/api/pipeline/parts/ingest/pause', { seconds: 3 }],
    ['fault kafka slow', '/api/pipeline/faults', { target: 'kafka', kind: 'slow', ms: 400, seconds: 30 }],
    [
      'fault postgres cut --for 2m --late 1s',
      '/api/pipeline/faults',
      { target: 'postgres', kind: 'cut', ms: 1_000, seconds: 120 },
    ],
    ['heal', '/api/pipeline/heal', {}],
  ])('the command pipeline asks the shop once: %s', async (words, url, body) => {
    const shop = await listening;
    expect(await runHere(['pipeline', ...words.split(' '), '--url', shop])).toMatchObject({ code: 0 });
    expect(asked).toEqual([{ method: 'POST', url, body }]);
  });

  it('the command pipeline finds the shop by HOST and PORT where it is given no address', async () => {
    const { port } = new URL(await listening);
    expect(await runHere(['pipeline', 'heal'], { PORT: port })).toMatchObject({ code: 0 });
    expect(asked).toEqual([{ method: 'POST', url: '/api/pipeline/heal', body: {} }]);
  });

  it.each([['kill'], ['pause'], ['fault', 'kafka'], ['explode']])(
    'the command pipeline asks nobody where an argument is missing or unknown: %j',
    async (...words) => {
      const shop = await listening;
      const { code, stdout, stderr } = await runHere(['pipeline', ...words, '--url', shop]);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
      expect(asked).toEqual([]);
    },
  );
});
