import express from 'express';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { HttpError, unavailable } from '../../src/http/errors.ts';
import { Traces } from '../../src/tracing/traces.ts';
import { errorHandler, unknownPath } from '../../src/web/error-handler.ts';
import { testLog } from '../support/log.ts';

/** An application whose routes throw what the test has put there. */
function throwing(thrown: unknown) {
  const app = express();
  app.get(['/api/x', '/page'], () => {
    throw thrown;
  });
  app.get('/api/begun', (_req, res) => {
    res.writeHead(200, { 'Content-Length': '100' }).write('some');
    throw thrown;
  });
  app.use(unknownPath);
  app.use(errorHandler(new Traces(), testLog));
  return request(app);
}

describe('an error of the API', () => {
  it('an error of the API is JSON with what came and what was expected, and null where that says nothing', async () => {
    const full = new HttpError(400, 'bad', 'no', { received: 1, expected: 'a 2', advice: 'go away' });
    const { body, headers } = await throwing(full).get('/api/x').expect(400);
    expect(body).toEqual({ error: { code: 'bad', message: 'no', received: 1, expected: 'a 2' } });
    expect(headers['cache-control']).toBe('no-store');
    expect(
      (
        await throwing(new HttpError(409, 'x', 'y'))
          .get('/api/x')
          .expect(409)
      ).body,
    ).toEqual({
      error: { code: 'x', message: 'y', received: null, expected: null },
    });
  });

  it('an error of the API has each problem where several things are wrong', async () => {
    const problems = [{ pointer: '/a', message: 'no', suggestion: null }];
    const { body } = await throwing(new HttpError(400, 'x', 'y', { problems })).get('/api/x');
    expect(body.error.problems).toEqual(problems);
  });

  it('an error of the API says when to try again', async () => {
    const { headers } = await throwing(unavailable('kafka', 'away', 5))
      .get('/api/x')
      .expect(503);
    expect(headers['retry-after']).toBe('5');
  });

  it.each([
    [400, 'keep-alive'],
    [413, 'close'],
    [415, 'close'],
  ])('after %i has the connection %s: the rest of a refused body is not read', async (status, connection) => {
    const asked = throwing(new HttpError(status, 'x', 'y'))
      .get('/api/x')
      .set('Connection', 'keep-alive');
    expect((await asked.expect(status)).headers.connection).toBe(connection);
  });

  it('an error of the server has no word of what went wrong inside', async () => {
    const { text } = await throwing(new Error('SELECT password FROM /etc')).get('/api/x').expect(500);
    expect(text).not.toMatch(/SELECT|etc|stack/);
  });

  it('a path that is not there is an error of the API', async () => {
    expect((await throwing(undefined).get('/api/nowhere').expect(404)).body.error).toMatchObject({
      code: 'not_found',
      received: '/api/nowhere',
    });
  });

  it('an error cuts off an answer that has begun, so that nobody takes it for whole', async () => {
    await expect(throwing(new Error('late')).get('/api/begun')).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});

describe('an error of a page', () => {
  it('an error of a page is JSON for a program, which asks for that or for nothing', async () => {
    const asked = throwing(new HttpError(400, 'x', 'y'));
    expect((await asked.get('/page').set('Accept', 'application/json').expect(400)).body.error.code).toBe(
      'x',
    );
    expect((await asked.get('/page').set('Accept', 'text/plain').expect(400)).body.error.code).toBe('x');
  });
});
