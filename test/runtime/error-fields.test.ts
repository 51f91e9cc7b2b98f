import { describe, expect, it } from 'vitest';
import { errorFields } from '../../src/runtime/error-fields.ts';

const withFields = (fields: object) => Object.assign(new Error('away'), fields);

describe('an error in a log', () => {
  it('an error in a log shows the codes and names that help, and nothing else that a library hung on it', () => {
    const named = { code: '23505', table: 'events', constraint: 'events_pkey', port: 5432 };
    const secret = { client: { password: 'x' }, detail: 'Key (name)=(Ada)', where: 'COPY', code2: 'x' };
    expect(errorFields(withFields({ ...named, ...secret }))).toEqual({
      type: 'Error',
      message: 'away',
      stack: expect.stringContaining('error-fields.test'),
      ...named,
    });
  });

  it('an error in a log shows nothing of a field that is neither text nor number', () => {
    const fields = errorFields(withFields({ code: { password: 'x' }, port: [1], table: null }));
    expect(Object.keys(fields)).toEqual(['type', 'message', 'stack']);
  });

  it('an error in a log is cut where its message is long', () => {
    expect(errorFields(new Error('x'.repeat(4_000)))).toHaveProperty('message', 'x'.repeat(4_000));
    expect(errorFields(new Error('x'.repeat(4_001)))).toHaveProperty('message', `${'x'.repeat(4_000)} …`);
  });

  it('an error in a log brings its cause, and of several errors the first five', () => {
    const many = new AggregateError(
      [...'abcdefg'].map((letter) => new Error(letter)),
      'seven',
    );
    expect(errorFields(new Error('not stored', { cause: many }))).toMatchObject({
      message: 'not stored',
      cause: {
        type: 'AggregateError',
        message: 'seven',
        errors: [...'abcde'].map((message) => ({ message })),
      },
    });
  });

  it('an error in a log ends where its causes go in a circle', () => {
    const round = new Error('round');
    round.cause = round;
    expect(JSON.stringify(errorFields(round)).match(/"round"/g)).toHaveLength(6);
  });
});

it('what was thrown and is no error shows nothing of itself, but for a text', () => {
  expect(errorFields({ password: 'x' })).toBe('no Error');
  expect(errorFields(null)).toBe('no Error');
  expect(errorFields('a text')).toBe('a text');
  expect(errorFields(7)).toBe('7');
});
