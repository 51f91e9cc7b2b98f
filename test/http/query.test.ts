import type { Request } from 'express';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readBody, readQuery } from '../../src/http/query.ts';

const schema = z.strictObject({
  step: z.enum(['day', 'week']).default('day'),
  most: z.coerce.number().int().min(1).optional(),
});
const asked = (query: object) => ({ query }) as unknown as Request;
const sent = (body: unknown) => ({ body }) as unknown as Request;

describe('a query', () => {
  it('a query is what its schema makes of it', () => {
    expect(readQuery(schema, asked({}))).toEqual({ step: 'day' });
    expect(readQuery(schema, asked({ step: 'week', most: '5' }))).toEqual({ step: 'week', most: 5 });
  });

  it('a query is refused by the first parameter that is wrong, with what came', () => {
    expect(() => readQuery(schema, asked({ step: 'year', most: '0' }))).toThrow(
      expect.objectContaining({
        status: 400,
        message: 'the query has no usable step',
        details: { received: 'year', expected: expect.stringContaining('week') },
      }),
    );
    expect(() => readQuery(schema, asked({ step: ['day', 'week'] }))).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ received: ['day', 'week'] }) }),
    );
  });

  it('with parameters that nobody knows is told which there are', () => {
    expect(() => readQuery(schema, asked({ stpe: 'day', x: '1' }))).toThrow(
      expect.objectContaining({
        message: 'there is no parameter stpe, x',
        details: { received: 'stpe, x', expected: 'step, most' },
      }),
    );
  });
});

describe('a body', () => {
  it('a body that is missing is an empty one', () => {
    expect(readBody(schema, sent(undefined))).toEqual({ step: 'day' });
  });

  it('a body is refused by the first field that is wrong, by the name of what was sent', () => {
    expect(() => readBody(schema, sent({ step: 7 }), 'form')).toThrow(
      expect.objectContaining({
        status: 400,
        message: 'the form has no usable step',
        details: expect.objectContaining({ received: 7 }),
      }),
    );
  });

  it.each([[[1]], ['text'], [5]])('a body that is %j is refused as a whole', (body) => {
    expect(() => readBody(schema, sent(body))).toThrow(
      expect.objectContaining({
        message: "the body can't be used",
        details: { received: body, expected: 'a JSON object' },
      }),
    );
  });

  it('with a field that nobody knows is refused by that field', () => {
    expect(() => readBody(schema, sent({ colour: 'red' }))).toThrow(
      expect.objectContaining({
        message: 'there is no field colour',
        details: { received: 'colour', expected: 'step, most' },
      }),
    );
  });
});
