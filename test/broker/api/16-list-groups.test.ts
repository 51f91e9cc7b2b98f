import { expect, test } from 'vitest';
import { joinAsNew } from '../group-requests.ts';
import { testBroker } from '../running-broker.ts';
import { wireClient } from '../wire-client.ts';

test('groups are listed with their states, and filtered by them and by types whatever their letters', async () => {
  const client = await wireClient((await testBroker()).port);
  const list = async (states: readonly string[], types: readonly string[]) => {
    const answer = await client.ask(16, 5, (w) => {
      w.array(states, (state) => w.string(state)).array(types, (type) => w.string(type));
    });
    answer.int32();
    answer.int16();
    return answer.structs(() =>
      [answer.string(), answer.string(), answer.string(), answer.string()].join(' '),
    );
  };
  expect(await list([], [])).toEqual([]);
  await joinAsNew(client, 'readers', { protocolType: 'consumer' });
  const listed = ['readers consumer CompletingRebalance classic'];
  expect(await list([], [])).toEqual(listed);
  expect(await list(['stable', 'COMPLETINGREBALANCE'], ['Classic'])).toEqual(listed);
  expect([await list(['Stable'], []), await list([], ['consumer'])]).toEqual([[], []]);
});
