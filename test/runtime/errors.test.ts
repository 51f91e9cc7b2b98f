import { describe, expect, it } from 'vitest';
import { CodedError, codeOf, messageOf } from '../../src/runtime/errors.ts';

class ShopError extends CodedError<'CLOSED' | 'FULL'> {
  override readonly name = 'ShopError';
}

describe('the code of something thrown', () => {
  it.each([
    [new ShopError('CLOSED', 'come tomorrow'), 'CLOSED'],
    [Object.assign(new Error('no such file'), { code: 'ENOENT' }), 'ENOENT'],
    [new AggregateError([Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })]), 'ECONNREFUSED'],
    [new Error('without'), undefined],
    [Object.assign(new Error('a number'), { code: 7 }), undefined],
    ['ENOENT', undefined],
    [null, undefined],
    [undefined, undefined],
  ])('the code of %s is %s', (error, code) => {
    expect(codeOf(error)).toBe(code);
  });
});

it('what is thrown says its message, or itself', () => {
  expect(messageOf(new ShopError('FULL', 'no room'))).toBe('no room');
  expect(messageOf('just a text')).toBe('just a text');
});

it('a coded error keeps its cause, and has none where none was given', () => {
  const cause = new Error('deeper');
  expect(new ShopError('FULL', 'no room', cause).cause).toBe(cause);
  expect('cause' in new ShopError('FULL', 'no room')).toBe(false);
});
