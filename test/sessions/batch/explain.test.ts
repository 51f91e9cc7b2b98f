import { expect, it } from 'vitest';
import { explainFiles } from '../../../src/sessions/batch/explain.ts';
import { ask, clickLine, GAP_MS, writeFiles } from './files.ts';

const NOON = Date.UTC(2019, 4, 1, 12);
const click = (anonymous_id: string, at: number) => clickLine({ anonymous_id, device_sent_timestamp: at });

it('the events of each visitor are told in their order, over all files, each visitor by himself', async () => {
  const paths = writeFiles({
    'b.json': [click('two', NOON), click('one', NOON + GAP_MS - 1)].join('\n'),
    'a.json': [click('one', NOON + 2 * GAP_MS), click('one', NOON)].join('\n'),
  });
  const { answer } = await ask(paths, (connection) => explainFiles(connection, GAP_MS), { ids: 'kept' });
  expect(answer).toEqual([
    ...[
      ['one', 1, '2019-05-01T12:00:00.000Z', 'a.json', 'first event: session 1'],
      ['one', 1, '2019-05-01T12:29:59.999Z', 'b.json', '29:59.999 < 30:00.000: still session 1'],
      ['one', 2, '2019-05-01T13:00:00.000Z', 'a.json', '30:00.001 ≥ 30:00.000: new session 2'],
      ['two', 1, '2019-05-01T12:00:00.000Z', 'b.json', 'first event: session 1'],
    ].map(([visitor, session, time, file, verdict]) => ({ visitor, session, time, file, verdict })),
  ]);
});
