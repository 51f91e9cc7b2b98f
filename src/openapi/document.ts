// The API's description as OpenAPI 3.1, made from the declared operations and their zod schemas. Schemas with an id become components;
// others are written where they are used.

import { z } from 'zod';
import { type Content, errorSchema, type Operation } from '../http/operation.ts';

/** A JSON Schema (2020-12), which OpenAPI 3.1 uses. */
export type JsonSchema = { readonly [keyword: string]: unknown };
type Media = Readonly<Record<string, { readonly schema: JsonSchema; readonly example?: unknown }>>;

export type Parameter = {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
  readonly example?: string;
};

export type DescribedOperation = {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly required: true; readonly content: Media };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Media }>>;
};

export type OpenApiDocument = {
  readonly openapi: '3.1.1';
  readonly info: object;
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
};

/** Converts zod schemas to JSON Schema, and collects those with an id. */
class Components {
  readonly schemas: Record<string, JsonSchema> = {};
  /** Converted schemas: many operations share one, such as that of errors, and a conversion takes a millisecond. */
  readonly #described = { input: new Map<z.ZodType, JsonSchema>(), output: new Map<z.ZodType, JsonSchema>() };

  /** @param io `input` for what a client sends, `output` for a response @returns the schema, or a reference to its component */
  describe(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const described = this.#described[io].get(schema) ?? this.#convert(schema, io);
    this.#described[io].set(schema, described);
    return described;
  }

  #convert(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const {
      $schema: _,
      $defs,
      ...own
    } = pointToComponents(
      z.toJSONSchema(schema, { io, unrepresentable: 'any', override: ({ jsonSchema }) => tidy(jsonSchema) }),
    );
    for (const [name, definition] of Object.entries($defs ?? {})) this.schemas[name] = withoutId(definition);
    const { id } = schema.meta() ?? {};
    if (id === undefined) return own;
    // A recursive or cloned schema is in $defs already.
    if (own.$ref === undefined) this.schemas[id] = withoutId(own);
    return { $ref: `#/components/schemas/${id}` };
  }
}

/** Removes what the type or format says already: the bounds of safe integers, and the pattern of a date. */
function tidy(schema: z.core.JSONSchema.BaseSchema): void {
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  const millisecondsAreNeeded = schema.pattern?.includes('\\.\\d{3}') === true;
  if (schema.format?.startsWith('date') && !millisecondsAreNeeded) delete schema.pattern;
}

type Described = JsonSchema & { readonly $defs?: Readonly<Record<string, JsonSchema>> };

function pointToComponents(schema: object): Described {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/')) as Described;
}

function withoutId({ id: _, $id: __, ...schema }: JsonSchema): JsonSchema {
  return schema;
}

/**
 * Describes operations.
 * @param tags descriptions by the name of the tag, in the order of the document
 * @param version of the program
 * @param base path below which the operations are: `/`, or that of the shop behind a reverse proxy
 */
export function openApiDocument(
  operations: readonly Operation[],
  tags: Readonly<Record<string, string>>,
  version: string,
  base: string,
): OpenApiDocument {
  const components = new Components();
  const paths: Record<string, Record<string, DescribedOperation>> = {};
  for (const operation of operations) {
    const path = operation.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [operation.method]: describeOperation(operation, path, components) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Shopstream',
      version,
      summary: 'A demo shop that speaks Kafka',
      description: 'Events go in, charts come out. Every error has the shape of #/components/schemas/Error.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: base }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths,
    components: { schemas: Object.fromEntries(Object.entries(components.schemas).sort()) },
  };
}

/** Responses that any operation may give. */
const EVERYWHERE: Operation['answers'] = {
  429: { says: 'Too many requests from this address; Retry-After says when to come again' },
};

function describeOperation(operation: Operation, path: string, components: Components): DescribedOperation {
  const { method, tag, summary, description, params, query, body, answers, example } = operation;
  const errors = { 'application/json': errorSchema };
  const responses = Object.entries({ ...EVERYWHERE, ...answers }).map(([status, { says, content }]) => {
    const described = content ?? (Number(status) >= 400 ? errors : {});
    return [status, { description: says, content: media(described, 'output', components) }];
  });
  return {
    operationId: `${method}_${path.replaceAll(/[^\w]+/g, '_').replaceAll(/^_|_$/g, '')}`,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    parameters: [
      ...parametersOf('path', params, example?.params, components),
      ...parametersOf('query', query, example?.query, components),
    ],
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: media(body, 'input', components, example?.body) } }),
    responses: Object.fromEntries(responses),
  };
}

function media(content: Content, io: 'input' | 'output', components: Components, example?: unknown): Media {
  const described = Object.entries(content).map(([type, schema]) => {
    if (schema === 'text') return [type, { schema: { type: 'string' } }];
    const shown = example === undefined ? {} : { example };
    return [type, { schema: components.describe(schema, io), ...shown }];
  });
  return Object.fromEntries(described);
}

function parametersOf(
  place: 'path' | 'query',
  schema: z.ZodObject | undefined,
  examples: Readonly<Record<string, string>> = {},
  components: Components,
): Parameter[] {
  const { properties = {}, required = [] } =
    schema === undefined ? {} : (components.describe(schema, 'input') as ObjectSchema);
  return Object.entries(properties).map(([name, { description, ...own }]) => ({
    name,
    in: place,
    required: required.includes(name),
    ...(typeof description === 'string' ? { description } : {}),
    schema: own,
    ...(examples[name] === undefined ? {} : { example: examples[name] }),
  }));
}

type ObjectSchema = {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
};
