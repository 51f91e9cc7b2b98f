import { expect, it } from 'vitest';
import { BrokerError } from '../../src/broker/errors.ts';
import { type BrokerOptions, parseOptions } from '../../src/broker/options.ts';

const OPTIONS: BrokerOptions = { dataDir: '/data' };

it('an option that is left out has the default of Apache Kafka, and one that is given is kept', () => {
  expect(parseOptions({ ...OPTIONS, port: 0, autoCreateTopics: false })).toMatchObject({
    dataDir: '/data',
    host: '127.0.0.1',
    port: 0,
    advertisedHost: null,
    autoCreateTopics: false,
    maxMessageBytes: 1_048_588,
    retentionMs: 7 * 86_400_000,
    retentionBytes: -1,
  });
});

it.each<[Partial<BrokerOptions>, string]>([
  [{ port: 65_536 }, 'broker option port: received 65536, expected an integer from 0 to 65535'],
  [{ port: -1 }, 'broker option port: received -1, expected an integer from 0 to 65535'],
  [
    { segmentBytes: 1_023 },
    'broker option segmentBytes: received 1023, expected an integer from 1024 to 2146435072',
  ],
  [{ fsyncMs: 0.5 }, 'broker option fsyncMs: received 0.5, expected an integer from -1 to 2147483647'],
  [
    { maxGroups: Number.NaN },
    'broker option maxGroups: received null, expected an integer from 1 to 10000000',
  ],
  [{ dataDir: '' }, 'broker option dataDir: received "", expected a folder'],
  [
    { maxFrameBytes: 2_048, maxMemoryBytes: 2_047 },
    'broker option maxMemoryBytes: received 2047, expected at least maxFrameBytes',
  ],
])('the option %o is refused, with what came and what was expected', (wrong, message) => {
  const parse = () => parseOptions({ ...OPTIONS, ...wrong });
  expect(parse).toThrow(BrokerError);
  expect(parse).toThrow(message);
});

it('both bounds of an option are taken', () => {
  expect(parseOptions({ ...OPTIONS, port: 65_535, groupMaxSize: 1 })).toMatchObject({
    port: 65_535,
    groupMaxSize: 1,
  });
});
