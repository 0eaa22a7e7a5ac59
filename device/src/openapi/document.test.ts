import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { APP_ROUTES } from '../endpoint/routes.ts';
import { INFERENCE_PATHS } from '../engine/port.ts';
import { ROUTES } from '../http/roles.ts';
import { openApiDocument } from './document.ts';

// biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever was built
const document = openApiDocument('1.2.3') as any;
const described = Object.entries<object>(document.paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{([a-z_]+)\}/g, ':$1')}`),
);

test('it is a valid OpenAPI 3.1 document', async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(document));
  expect(errors ?? []).toEqual([]);
  expect(valid).toBe(true);
  expect(validator.version).toBe('3.1');
});

test('every route of both tables is described, and nothing else is', () => {
  expect([...described].sort()).toEqual([...Object.keys(ROUTES), ...APP_ROUTES].sort());
});

test('every inference path an engine may serve is among them', () => {
  for (const path of INFERENCE_PATHS) expect(described).toContain(`POST ${path}`);
});

test('each operation has a name of its own', () => {
  const ids = Object.values<object>(document.paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  );
  expect(new Set(ids).size).toBe(ids.length);
});

test('a request is described by the very schema that parses it', () => {
  const bodyOf = (path: string) => document.paths[path].post.requestBody.content['application/json'].schema;
  expect(bodyOf('/api/keys')).toMatchObject({ required: ['name'], additionalProperties: false });
  expect(bodyOf('/v1/chat/completions').required.sort()).toEqual(['messages', 'model']);
  expect(bodyOf('/v1/messages').required.sort()).toEqual(['max_tokens', 'messages', 'model']);
  expect(bodyOf('/v1/messages/count_tokens').required.sort()).toEqual(['messages', 'model']);
});

test('who may call what is said as the table has it', () => {
  expect(document.paths['/api/keys'].get.security).toEqual([{ ownerSession: [] }]);
  expect(document.paths['/v1/messages'].post.security).toEqual([{ localKey: [] }, { apiKey: [] }]);
  expect(document.paths['/health'].get.security).toEqual([]);
  expect(document.paths['/api/setup/token'].post.description).toContain('unix socket');
});
