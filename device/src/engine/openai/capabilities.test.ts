import { expect, test } from 'vitest';
import { servedCapabilities } from './capabilities.ts';

test('a model that can chat is served in every shape, one that cannot in none', () => {
  expect(servedCapabilities(['chat', 'tools'])).toEqual(['chat', 'tools', 'responses', 'messages']);
  expect(servedCapabilities(['embeddings'])).toEqual(['embeddings']);
});

test('nothing is promised that the server does not do, nor anything twice', () => {
  expect(servedCapabilities(['messages', 'embeddings'])).toEqual(['embeddings']);
  expect(servedCapabilities(['chat', 'messages'])).toEqual(['chat', 'responses', 'messages']);
});
