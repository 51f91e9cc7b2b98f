import { get, type IncomingMessage } from 'node:http';
import { onTestFinished } from 'vitest';
import { eventually } from './eventually.ts';

/** Reads a stream of server-sent events until the test is over. */
export function readStream<T = unknown>(url: string) {
  let text = '';
  let response: IncomingMessage | undefined;
  let end: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const req = get(url, (res) => {
    response = res;
    res.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    res.once('close', end).on('error', () => {});
  });
  req.on('error', () => {});
  onTestFinished(() => void req.destroy());

  function events(name: string): T[] {
    const blocks = text.split('\n\n').slice(0, -1);
    return blocks.flatMap((block) => {
      const [first, second = ''] = block.split('\n');
      return first === `event: ${name}` ? [JSON.parse(second.replace(/^data: /, ''))] : [];
    });
  }
  return {
    /** The first event of this name that `matches`, also of those that came before. */
    until: (name: string, matches: (data: T) => boolean): Promise<T> =>
      eventually(() => events(name).find(matches)),
    events,
    text: () => text,
    headers: () => response?.headers,
    /** Stops reading, as a page on a suspended machine does. */
    pause: () => response?.pause(),
    close: () => req.destroy(),
    ended,
  };
}
