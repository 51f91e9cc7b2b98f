import { describe, expect, it } from 'vitest';
import { badRequest, HttpError, notFound, toHttpError, unavailable } from '../../src/http/errors.ts';

const withFields = (fields: object) => Object.assign(new Error('as a library says it'), fields);

describe('an error for a client', () => {
  it('an error for a client says what came and what was expected', () => {
    expect(badRequest('no', 1, 'a 2')).toMatchObject({
      status: 400,
      code: 'bad_request',
      message: 'no',
      details: { received: 1, expected: 'a 2' },
    });
    expect(notFound('no', 'x', 'y')).toMatchObject({
      status: 404,
      code: 'not_found',
      details: { received: 'x' },
    });
  });

  it('an error for a client keeps the cause for the log, and when to try again', () => {
    const cause = new Error('cause');
    expect(unavailable('kafka', 'Kafka is away', 5, cause)).toMatchObject({
      status: 503,
      code: 'kafka',
      cause,
      details: { retryAfter: 5 },
    });
    expect('cause' in new HttpError(400, 'x', 'y')).toBe(false);
  });
});

describe('whatever is thrown', () => {
  it('whatever is thrown is passed on where it is for a client', () => {
    const error = badRequest('no', 1, 'a 2');
    expect(toHttpError(error)).toBe(error);
  });

  it.each([
    [{ type: 'entity.too.large', limit: 10 }, 413, 'too_large'],
    [{ type: 'entity.parse.failed' }, 400, 'not_json'],
    [{ type: 'charset.unsupported' }, 415, 'charset'],
    [{ type: 'encoding.unsupported' }, 415, 'encoding'],
    [{ type: 'parameters.too.many' }, 413, 'too_large'],
    [{ type: 'request.size.invalid' }, 400, 'bad_length'],
    [{ type: 'request.aborted' }, 400, 'aborted'],
    [{ type: 'something.new', status: 418 }, 418, 'bad_request'],
    [{ status: 400, code: 'Z_DATA_ERROR' }, 400, 'encoding'],
    [{ status: 400, code: 'Z_BUF_ERROR' }, 400, 'encoding'],
    [{ status: 400, code: 'ERR__ERROR_FORMAT_PADDING_1' }, 400, 'encoding'],
    [{ status: 400 }, 400, 'bad_request'],
    [{ code: 'ECONNREFUSED' }, 503, 'postgres'],
    [{ code: '57P01' }, 503, 'postgres'],
    [{ status: 503 }, 500, 'internal'],
    [{ status: '400' }, 500, 'internal'],
    [{}, 500, 'internal'],
  ])('an error with %j is answered with %i, %s', (fields, status, code) => {
    expect(toHttpError(withFields(fields))).toMatchObject({ status, code });
  });

  it('the error of too large a body says how large it may be', () => {
    expect(toHttpError(withFields({ type: 'entity.too.large', limit: 65_536 })).details.expected).toBe(
      'at most 65536 bytes',
    );
  });

  it('a path that can’t be decoded is an error for its client', () => {
    let thrown: unknown;
    try {
      decodeURIComponent('%zz');
    } catch (error) {
      thrown = error;
    }
    expect(toHttpError(thrown)).toMatchObject({ status: 400, details: { expected: 'UTF-8' } });
  });

  it.each([['a text'], [undefined], [null], [7], [withFields({ message: 'SELECT secret FROM /etc' })]])(
    'whatever is thrown and is none of ours (%#) is answered without its words, which the log has',
    (thrown) => {
      const error = toHttpError(thrown);
      expect(error).toMatchObject({
        status: 500,
        code: 'internal',
        message: 'something went wrong on our side',
      });
      expect(error.details).toEqual({ cause: thrown });
    },
  );
});
