import { describe, expect, it } from 'vitest';
import { readConfig } from '../src/config.ts';
import { clusterOf, databaseUrlOf, describeConnections, shopAddress } from '../src/connections.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const config = (given: Parameters<typeof readConfig>[0] = {}) => readConfig(given, {});
const described = (given: Parameters<typeof readConfig>[0]) =>
  Object.fromEntries(describeConnections(config(given)));

describe('the Kafka cluster', () => {
  it('is the embedded broker of this machine where no other is named', () => {
    expect(clusterOf(config({ KAFKA_PORT: '19092' }))).toEqual({
      brokers: ['127.0.0.1:19092'],
      ssl: false,
      sasl: undefined,
    });
  });

  it('is the one that is named, with its login', () => {
    const given = { KAFKA_BROKERS: 'a:1,b:2', KAFKA_SSL: 'true', KAFKA_SASL: 'PLAIN:me:secret' };
    expect(clusterOf(config(given))).toEqual({
      brokers: ['a:1', 'b:2'],
      ssl: true,
      sasl: { mechanism: 'plain', username: 'me', password: 'secret' },
    });
  });
});

describe('the database', () => {
  it('is the one that is named', async () => {
    expect(await databaseUrlOf(config({ DATABASE_URL: 'postgres://me@db/shop' }))).toBe(
      'postgres://me@db/shop',
    );
  });

  it('is told how to be had where there is none yet', async () => {
    const folder = temporaryFolder();
    await expect(databaseUrlOf(config({ DATA_DIR: folder }))).rejects.toMatchObject({
      code: 'EMBEDDED_START',
      message: expect.stringContaining(`there is no PostgreSQL in ${folder} yet: start one with`),
    });
  });
});

it.each([
  [{}, 'http://127.0.0.1:3000'],
  [{ HOST: '192.168.1.5', PORT: '8080' }, 'http://192.168.1.5:8080'],
  // An address to listen at is none to connect to.
  [{ HOST: '0.0.0.0' }, 'http://127.0.0.1:3000'],
  [{ HOST: '::' }, 'http://[::1]:3000'],
  [{ HOST: 'fd00::5' }, 'http://[fd00::5]:3000'],
  [{ PUBLIC_URL: 'https://example.org/shop' }, 'http://127.0.0.1:3000/shop'],
])('the shop of %j is at %s', (settings, address) => {
  expect(shopAddress(config(settings))).toBe(address);
  expect(described(settings)).toMatchObject({ Shop: address, Dashboard: `${address}/dashboard` });
});

describe('what is printed at the start', () => {
  it('says what is embedded, and where its password is', () => {
    expect(described({ DATA_DIR: '/data' })).toEqual({
      Shop: 'http://127.0.0.1:3000',
      Dashboard: 'http://127.0.0.1:3000/dashboard',
      Kafka: '127.0.0.1:9092, topic ecommerce (embedded)',
      Postgres:
        'postgres://shopstream@127.0.0.1:5433/shopstream (embedded; password in /data/postgres/password)',
      Data: '/data',
    });
  });

  it('has no password of servers of one’s own', () => {
    const given = {
      KAFKA_BROKERS: 'a:1,b:2',
      KAFKA_SASL: 'PLAIN:me:secret',
      DATABASE_URL: 'postgres://me:secret@db:5432/shop',
      HOST: '::1',
    };
    expect(described(given)).toMatchObject({ Shop: 'http://[::1]:3000', Kafka: 'a:1, b:2, topic ecommerce' });
    expect(JSON.stringify(described(given))).not.toContain('secret');
  });
});
