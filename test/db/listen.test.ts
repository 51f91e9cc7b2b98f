import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { listen } from '../../src/db/listen.ts';
import { testLog } from '../support/database.ts';

it('a listener is closed while a server that has not answered yet resets its connection', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const nothing = () => {};
  const accepted = once(server, 'connection');
  const listener = listen(
    `postgres://one@127.0.0.1:${port}/any?sslmode=disable`,
    'any',
    testLog,
    nothing,
    nothing,
  );
  const [socket] = (await accepted) as [Socket];
  socket.on('error', nothing);
  await once(socket, 'data');
  const closed = listener.close();
  socket.resetAndDestroy();
  expect(await closed).toBeUndefined();
});
