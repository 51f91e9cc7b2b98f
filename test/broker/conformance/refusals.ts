// APIs and versions that are not supported are refused as the protocol provides.

import { Kafka, logLevel } from 'kafkajs';
import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { wireClient } from '../wire-client.ts';

export function refusals(port: () => number): void {
  test('a version of ApiVersions that is too new is answered in the shape of v0 with what is spoken', async () => {
    const client = await wireClient(port());
    const answer = await client.ask(18, 99, (w) => w.int8(0)); // no tagged fields, from v3 on
    expect(answer.int16()).toBe(ErrorCode.UNSUPPORTED_VERSION);
    const keys = answer.structs(() => {
      const key = answer.int16();
      answer.int16();
      answer.int16();
      return key;
    });
    expect(keys).toContain(18);
    expect(answer.position).toBe(answer.end);
  });

  test('a client with credentials is told that there is no SASL here', async () => {
    const client = await wireClient(port());
    for (const version of [0, 1]) {
      const answer = await client.ask(17, version, (w) => w.string('PLAIN'));
      expect([answer.int16(), answer.array(() => answer.string())]).toEqual([
        ErrorCode.ILLEGAL_SASL_STATE,
        [],
      ]);
      expect(answer.position).toBe(answer.end);
    }
    const sasl = { mechanism: 'plain', username: 'user', password: 'word' } as const;
    const kafka = new Kafka({
      brokers: [`127.0.0.1:${port()}`],
      sasl,
      retry: { retries: 0 },
      logLevel: logLevel.NOTHING,
    });
    await expect(kafka.admin().connect()).rejects.toThrow(
      'Request is not valid given the current SASL state',
    );
  });

  test('another API in a version that is not spoken closes the connection', async () => {
    const client = await wireClient(port());
    await expect(client.ask(3, 99)).rejects.toThrow('closed');
  });

  test('an API that does not exist closes the connection', async () => {
    const client = await wireClient(port());
    await expect(client.ask(999, 0)).rejects.toThrow('closed');
  });

  test('a frame larger than the limit closes the connection', async () => {
    const client = await wireClient(port());
    client.socket.write(Buffer.from([0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0]));
    await client.closed;
  });

  test('a negative frame size closes the connection', async () => {
    const client = await wireClient(port());
    client.socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]));
    await client.closed;
  });

  test('requests sent in one go are answered in their order', async () => {
    const client = await wireClient(port());
    const order: number[] = [];
    const ask = (n: number) => client.ask(18, n % 3).then(() => order.push(n));
    await Promise.all(Array.from({ length: 50 }, (_, n) => ask(n)));
    expect(order).toEqual(Array.from({ length: 50 }, (_, n) => n));
  });
}
