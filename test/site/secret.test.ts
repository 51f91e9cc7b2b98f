import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { isSigned, readSecret, signOrder } from '../../src/site/secret.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('the secret of a data folder', () => {
  it('the secret of a data folder is made once, for its owner alone, and nothing else is left beside it', () => {
    const folder = temporaryFolder();
    const secret = readSecret(folder);
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    expect(readSecret(folder)).toBe(secret);
    expect(readdirSync(folder)).toEqual(['cookie-secret']);
    expect(statSync(path.join(folder, 'cookie-secret')).mode & 0o777).toBe(0o600);
    expect(readSecret(temporaryFolder())).not.toBe(secret);
  });

  it('the secret of a data folder is the one that is there, also where somebody wrote it by hand', () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'cookie-secret'), '  by hand\n');
    expect(readSecret(folder)).toBe('by hand');
    expect(readFileSync(path.join(folder, 'cookie-secret'), 'utf8')).toBe('  by hand\n');
  });

  it('the secret of a data folder is refused where its file is empty, as everybody would know it', () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'cookie-secret'), '\n');
    expect(() => readSecret(folder)).toThrow(/cookie-secret, which is empty, expected a key: delete it/);
  });

  it('the secret of a data folder is not made anew where it can’t be read', () => {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, 'cookie-secret'));
    expect(() => readSecret(folder)).toThrow(expect.objectContaining({ code: 'EISDIR' }));
  });
});

describe('an order form', () => {
  const order = { orderId: 'o', slug: 's', visitorId: 'v' };
  const signature = signOrder('key', order);

  it('an order form is ours by its signature', () => {
    expect(isSigned('key', order, signature)).toBe(true);
  });

  it.each([
    ['another order', { ...order, orderId: 'p' }, signature],
    ['another item', { ...order, slug: 't' }, signature],
    ['another visitor', { ...order, visitorId: 'w' }, signature],
    ['no signature', order, ''],
    ['a longer one', order, `${signature}A`],
    ['one of the same length', order, 'A'.repeat(signature.length)],
    ['one of as many characters, and more bytes', order, 'é'.repeat(signature.length)],
  ])('an order form is not ours with %s', (_, form, signature) => {
    expect(isSigned('key', form, signature)).toBe(false);
  });

  it('an order form is not ours by another shop’s secret', () => {
    expect(isSigned('other', order, signature)).toBe(false);
  });
});
