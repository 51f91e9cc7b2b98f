import { describe, expect, it } from 'vitest';
import { docsModel } from '../../src/openapi/docs-model.ts';
import type { DescribedOperation, OpenApiDocument } from '../../src/openapi/document.ts';

const ORIGIN = 'http://127.0.0.1:3000';
const operation: DescribedOperation = {
  operationId: 'x',
  tags: ['Live panels'],
  summary: 'short',
  parameters: [],
  responses: { 200: { description: 'well', content: { 'application/json': { schema: {} } } } },
};

/** A document with one operation, and what the page is given of that. */
function shown(changes: Partial<DescribedOperation>, method: 'get' | 'post' = 'get', path = '/api/x') {
  const document = {
    tags: [
      { name: 'Live panels', description: 'of now' },
      { name: 'Empty', description: '' },
    ],
    paths: { [path]: { [method]: { ...operation, ...changes } } },
    components: { schemas: { Event: { type: 'object', description: 'an event' } } },
  } as unknown as OpenApiDocument;
  const model = docsModel(document, ORIGIN);
  const [group] = model.groups;
  const [only] = group?.operations ?? [];
  if (only === undefined) throw new Error('expected an operation');
  return { model, only };
}

it('docsModel groups operations by their tag, whose id can be linked to, and lists every schema', () => {
  const { model } = shown({});
  expect(model.groups.map(({ id, operations }) => [id, operations.length])).toEqual([
    ['live-panels', 1],
    ['empty', 0],
  ]);
  expect(model.schemas).toEqual([{ name: 'Event', description: 'an event', outline: [{ text: 'object' }] }]);
});

it('docsModel tells a parameter’s type, choices and default', () => {
  const step = { type: 'string', enum: ['day', 'week'], default: 'day' };
  const { only } = shown({ parameters: [{ name: 'step', in: 'query', required: false, schema: step }] });
  expect(only.parameters).toEqual([
    {
      name: 'step',
      in: 'query',
      required: false,
      type: '"day" | "week"',
      options: ['day', 'week'],
      fallback: 'day',
    },
  ]);
});

it.each([
  ['get', 'application/json', true, false],
  ['get', 'text/event-stream', true, true],
  ['get', 'text/html', false, false],
  ['post', 'application/json', false, false],
] as const)('of %s that answers %s the page can show an answer: %s', (method, type, triable, isStream) => {
  const { only } = shown(
    { responses: { 200: { description: '', content: { [type]: { schema: {} } } } } },
    method,
  );
  expect(only).toMatchObject({ method: method.toUpperCase(), triable, isStream });
});

describe('the command of an operation', () => {
  const parameter = (name: string, place: 'path' | 'query', example?: string) =>
    ({ name, in: place, required: true, schema: {}, ...(example === undefined ? {} : { example }) }) as const;

  it('the command of an operation fills the examples in, those of the query encoded', () => {
    const parameters = [
      parameter('id', 'path', 'a1'),
      parameter('q', 'query', 'x y&z'),
      parameter('none', 'query'),
    ];
    expect(shown({ parameters }, 'get', '/api/{id}/{other}').only.curl).toBe(
      `curl '${ORIGIN}/api/a1/other?q=x+y%26z'`,
    );
  });

  it('the command of an operation needs no quotes where a shell has none to read', () => {
    expect(shown({}).only.curl).toBe(`curl ${ORIGIN}/api/x`);
  });

  it('the command of an operation posts its example, whatever quotes are in it', () => {
    const requestBody = {
      required: true as const,
      content: { 'application/json': { schema: {}, example: { a: "it's" } } },
    };
    expect(shown({ requestBody }, 'post').only.curl).toBe(
      String.raw`curl ${ORIGIN}/api/x -H 'Content-Type: application/json' -d '{"a":"it'\''s"}'`,
    );
  });

  it('the command of an operation posts where there is nothing to send, and does not wait for the end of a stream', () => {
    expect(shown({}, 'post').only.curl).toBe(`curl -X POST ${ORIGIN}/api/x`);
    const responses = { 200: { description: '', content: { 'text/event-stream': { schema: {} } } } };
    expect(shown({ responses }).only.curl).toBe(`curl -N ${ORIGIN}/api/x`);
  });
});
