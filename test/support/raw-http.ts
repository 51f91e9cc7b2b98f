import { once } from 'node:events';
import { connect } from 'node:net';

/** Sends bytes to a server as they are; all that it answers until it closes or `seconds` are over. */
export async function sendRaw(url: string, bytes: string | Buffer, seconds = 5): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk)).on('error', () => {});
  socket.setTimeout(seconds * 1000, () => socket.destroy());
  await once(socket, 'connect');
  socket.write(bytes);
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}
