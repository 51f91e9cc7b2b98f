import { expect, it } from 'vitest';
import { fileOf, replicaText } from '../../seed/support.ts';
import { run } from '../../support/command.ts';

it('a dry run of a file without a header tells why nothing of it would be sent', async () => {
  const text = replicaText(20).toString();
  const file = await fileOf(text.slice(text.indexOf('\n') + 1), 'rows.csv');
  const ended = await run(['simulate', 'replay', '--dry-run', file]);
  expect(ended).toMatchObject({ code: 1, stdout: '' });
  expect(ended.stderr).toMatch(
    /^0 events; .*\n19 rows are not events: 19 times: it has no valid time in "time"; --map names another column\n$/,
  );
});
