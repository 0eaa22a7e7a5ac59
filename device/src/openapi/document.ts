/**
 * The description of everything the machine answers, as OpenAPI 3.1. Built from the table of routes and the schemas that parse,
 * so that it cannot say something else than they do. Pure. @see https://spec.openapis.org/oas/v3.1.1
 */
import { z } from 'zod';
import { ROUTES, type RouteKey, type RouteRow } from '../http/roles.ts';
import { CONTROL } from './control.ts';
import { INFERENCE, type InferenceOperation } from './inference.ts';
import type { JsonSchema, Operation } from './types.ts';

/** Which credentials open a route, by its role. `operator` has none: the unix socket is the proof. */
const SECURITY: Readonly<Record<RouteRow['role'], readonly object[]>> = {
  anyone: [],
  owner: [{ ownerSession: [] }],
  operator: [],
  metrics: [{ ownerSession: [] }, { localKey: [] }],
  diagnostics: [{ ownerSession: [] }, { supportGrant: [] }],
};

/** @param version  of the agent */
export function openApiDocument(version: string): JsonSchema {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [path, operation] of Object.entries(INFERENCE))
    paths[path] = { [operation.method]: inferenceOperation(path, operation) };
  // Object.keys forgets the literal type; the table is the type's source
  for (const key of Object.keys(ROUTES) as RouteKey[]) {
    const [method = '', pattern = ''] = key.split(' ');
    const path = pattern.replaceAll(/:([a-z_]+)/g, '{$1}');
    paths[path] = { ...paths[path], [method.toLowerCase()]: controlOperation(key, path) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'B3IQ machine',
      version,
      description:
        'What this machine answers. `/v1` is for apps, with a local key; `/api` is for its owner, by session or command line.',
    },
    servers: [{ url: '/' }],
    paths,
    components: { securitySchemes: SCHEMES, schemas: ERRORS, responses: ERROR_RESPONSES },
  };
}

function inferenceOperation(path: string, operation: InferenceOperation): JsonSchema {
  const { summary, request, form, streams, errors, reference, takesApiKey } = operation;
  const content = {
    ...(request && { 'application/json': { schema: schemaOf(request, 'input') } }),
    ...(form && { 'multipart/form-data': { schema: form } }),
  };
  return {
    operationId: idOf(operation.method, path),
    tags: ['apps'],
    summary,
    ...(reference && { externalDocs: { url: reference } }),
    security: takesApiKey ? [{ localKey: [] }, { apiKey: [] }] : [{ localKey: [] }],
    ...parametersOf(path),
    ...(operation.method === 'post' && { requestBody: { required: true, content } }),
    responses: {
      200: {
        description: reference === undefined ? 'The answer.' : 'The answer, as the reference describes it.',
        headers: RECEIPT_HEADER,
        content: {
          'application/json': { schema: { type: 'object' } },
          ...(streams && { 'text/event-stream': { schema: { type: 'string' } } }),
        },
      },
      default: { $ref: `#/components/responses/${errors}` },
    },
  };
}

function controlOperation(key: RouteKey, path: string): JsonSchema {
  const [method = ''] = key.split(' ');
  const { role }: RouteRow = ROUTES[key];
  const { summary, request, query, answer = {} }: Operation = CONTROL[key];
  const { status = 200, schema, type = 'application/json', description = 'Done.' } = answer;
  const plain = type === 'application/json' ? { type: 'object' } : { type: 'string' };
  return {
    operationId: idOf(method.toLowerCase(), path),
    tags: [path.startsWith('/api') || path.startsWith('/v1') ? 'owner' : 'machine'],
    summary,
    ...(role === 'operator' && { description: 'Through the machine’s own unix socket only.' }),
    security: SECURITY[role],
    ...parametersOf(path, query),
    ...(request && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: schemaOf(request, 'input') } },
      },
    }),
    responses: {
      [status]: {
        description,
        // An answer may be empty where its route only begins or ends something.
        ...(status !== 204 && {
          content: { [type]: { schema: schema === undefined ? plain : schemaOf(schema, 'output') } },
        }),
      },
      default: { $ref: `#/components/responses/${path.startsWith('/v1/') ? 'OpenAiError' : 'Problem'}` },
    },
  };
}

function parametersOf(path: string, query?: z.ZodObject): { readonly parameters?: readonly object[] } {
  const inPath = [...path.matchAll(/\{([a-z_]+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const properties = query === undefined ? {} : schemaOf(query, 'output').properties;
  const inQuery = Object.entries(properties ?? {}).map(([name, schema]) => ({ name, in: 'query', schema }));
  const parameters = [...inPath, ...inQuery];
  return parameters.length === 0 ? {} : { parameters };
}

/** As JSON Schema. `input` is what may be sent, `output` what is left of it when defaults are filled in. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}

/** `post`, `/v1/models/{id}` → `post_v1_models_id`. */
const idOf = (method: string, path: string): string =>
  `${method}${path.replaceAll(/[^A-Za-z0-9]+/g, '_')}`.replace(/_$/, '');

const RECEIPT_HEADER = {
  'b3iq-receipt': { description: 'Id of the signed receipt of this answer.', schema: { type: 'string' } },
};

const SCHEMES = {
  localKey: { type: 'http', scheme: 'bearer', description: 'A local key, `b3iq_local_…`.' },
  apiKey: {
    type: 'apiKey',
    in: 'header',
    name: 'x-api-key',
    description: 'The same key, as Anthropic’s clients send it.',
  },
  supportGrant: {
    type: 'http',
    scheme: 'bearer',
    description: 'A grant the owner gave, `b3iq_support_…`; it only looks.',
  },
  ownerSession: { type: 'apiKey', in: 'cookie', name: 'b3iq_session', description: 'The owner, signed in.' },
};

const text = { type: 'string' };
const object = (properties: Record<string, object>): JsonSchema => ({
  type: 'object',
  required: Object.keys(properties),
  properties,
});
const coded = object({ status: { type: 'integer' }, title: text, detail: text, code: text });
const ERRORS = {
  Problem: object({ error: coded }),
  OpenAiError: object({
    error: object({
      message: text,
      type: text,
      param: { type: ['string', 'null'] },
      code: text,
      b3iq: coded,
    }),
  }),
  AnthropicError: object({
    type: { const: 'error' },
    error: object({ type: text, message: text, b3iq: coded }),
  }),
};
const ERROR_RESPONSES = Object.fromEntries(
  Object.keys(ERRORS).map((name) => [
    name,
    {
      description: 'What happened, what it means and what to do.',
      content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } },
    },
  ]),
);
