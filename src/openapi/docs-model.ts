// The model of the page /api/docs, made from the OpenAPI document alone.

import type { DescribedOperation, JsonSchema, OpenApiDocument, Parameter } from './document.ts';
import { type Mark, outlineOf, typeOf } from './schema-outline.ts';

export type DocsOperation = {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly (Omit<Parameter, 'schema'> & {
    readonly type: string;
    readonly options: readonly string[];
    readonly fallback: string;
  })[];
  readonly bodies: readonly { readonly type: string; readonly outline: readonly Mark[] }[];
  readonly answers: readonly {
    readonly status: string;
    readonly says: string;
    readonly bodies: readonly { readonly type: string; readonly outline: readonly Mark[] }[];
  }[];
  readonly curl: string;
  /** Whether the page can show a response: a GET of anything but HTML. */
  readonly triable: boolean;
  readonly isStream: boolean;
};

export type DocsModel = {
  readonly groups: readonly {
    readonly id: string;
    readonly name: string;
    readonly description: string;
    readonly operations: readonly DocsOperation[];
  }[];
  readonly schemas: readonly {
    readonly name: string;
    readonly description: string;
    readonly outline: readonly Mark[];
  }[];
};

/** Makes the model. @param origin the API's base URL for the reader, such as http://127.0.0.1:3000, also with a path */
export function docsModel(document: OpenApiDocument, origin: string): DocsModel {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      tag: operation.tags[0],
      operation: toDocs(path, method, operation, origin),
    })),
  );
  return {
    groups: document.tags.map(({ name, description }) => ({
      id: name.toLowerCase().replaceAll(' ', '-'),
      name,
      description,
      operations: operations.filter(({ tag }) => tag === name).map(({ operation }) => operation),
    })),
    schemas: Object.entries(document.components.schemas).map(([name, schema]) => ({
      name,
      description: String(schema.description ?? ''),
      outline: outlineOf(schema),
    })),
  };
}

function toDocs(path: string, method: string, operation: DescribedOperation, origin: string): DocsOperation {
  const { operationId, summary, description = '', parameters, requestBody, responses } = operation;
  const types = Object.keys(responses[200]?.content ?? {});
  return {
    id: operationId,
    method: method.toUpperCase(),
    path,
    summary,
    description,
    parameters: parameters.map(({ schema, ...parameter }) => ({
      ...parameter,
      type: typeOf(schema),
      options: Array.isArray(schema.enum) ? schema.enum.map(String) : [],
      fallback: schema.default === undefined ? '' : String(schema.default),
    })),
    bodies: bodiesOf(requestBody?.content),
    answers: Object.entries(responses).map(([status, { description: says, content }]) => ({
      status,
      says,
      bodies: bodiesOf(content),
    })),
    curl: curlOf(path, method, operation, origin),
    triable: method === 'get' && types.length > 0 && !types.includes('text/html'),
    isStream: types.includes('text/event-stream'),
  };
}

function bodiesOf(content: Readonly<Record<string, { readonly schema: JsonSchema }>> = {}) {
  return Object.entries(content).map(([type, { schema }]) => ({ type, outline: outlineOf(schema) }));
}

/** The curl command of an operation with its examples, quoted for a shell. */
function curlOf(path: string, method: string, operation: DescribedOperation, origin: string): string {
  const { parameters, requestBody, responses } = operation;
  const given = parameters.filter(({ example }) => example !== undefined);
  const filled = path.replaceAll(/\{(\w+)\}/g, (_all, name: string) =>
    String(given.find((parameter) => parameter.name === name)?.example ?? name),
  );
  const query = given.filter((parameter) => parameter.in === 'query');
  const search = new URLSearchParams(
    Object.fromEntries(query.map(({ name, example = '' }) => [name, example])),
  ).toString();
  const url = `${origin}${filled}${search === '' ? '' : `?${search}`}`;
  const [[type, { example }] = ['', {}]] = Object.entries(requestBody?.content ?? {});
  const body =
    example === undefined
      ? []
      : [`-H ${shellQuoted(`Content-Type: ${type}`)}`, `-d ${shellQuoted(JSON.stringify(example))}`];
  const stream = responses[200]?.content?.['text/event-stream'] === undefined ? [] : ['-N'];
  const post = method === 'post' && body.length === 0 ? ['-X POST'] : [];
  return ['curl', ...stream, ...post, shellQuoted(url), ...body].join(' ');
}

const shellQuoted = (text: string) =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
