import fc from 'fast-check';
import { expect, it } from 'vitest';
import { wholeLines } from '../../../seed/csv/lines.ts';
import { gather } from '../../support/gather.ts';

async function* chunked(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks;
}

const linesOf = (chunks: readonly Buffer[]): Promise<Buffer[]> => gather(wholeLines(chunked(chunks)));

it('wholeLines passes the same bytes on, cut after line feeds alone, however they come', async () => {
  const anyChunks = fc.array(fc.string({ unit: fc.constantFrom('\n', 'a', 'é'), maxLength: 5 }), {
    maxLength: 20,
  });
  await fc.assert(
    fc.asyncProperty(anyChunks, async (texts) => {
      const chunks = texts.map((text) => Buffer.from(text));
      const buffers = await linesOf(chunks);
      expect(Buffer.concat(buffers)).toEqual(Buffer.concat(chunks));
      for (const buffer of buffers.slice(0, -1)) expect(buffer.at(-1)).toBe(10);
      for (const buffer of buffers) expect(buffer.length).toBeGreaterThan(0);
    }),
  );
});

it('wholeLines holds back no line that has come whole', async () => {
  const lines = wholeLines(chunked(['a\nb', 'c\n', 'd'].map((text) => Buffer.from(text))));
  expect(String((await lines.next()).value)).toBe('a\n');
  expect(String((await lines.next()).value)).toBe('bc\n');
  expect(String((await lines.next()).value)).toBe('d');
  expect(await lines.next()).toMatchObject({ done: true });
});

it('wholeLines hands on no blank line before the first that is not, however they come', async () => {
  const chunks = ['\n', '\r\n', '\na', 'b\n', '\n'].map((text) => Buffer.from(text));
  expect((await linesOf(chunks)).map(String)).toEqual(['\n\r\n\nab\n', '\n']);
});

it('wholeLines refuses more than 32 MiB without a line end, before it holds more of them', async () => {
  const megabyte = Buffer.alloc(1024 * 1024, 'x');
  let taken = 0;
  async function* endless(): AsyncGenerator<Buffer> {
    for (;;) {
      taken++;
      yield megabyte;
    }
  }
  await expect(gather(wholeLines(endless()))).rejects.toMatchObject({
    code: 'LINE_TOO_LONG',
    message: expect.stringMatching(
      /received 34603008 bytes without a line end, expected .* at most 33554432/,
    ),
  });
  expect(taken).toBe(33);
});
