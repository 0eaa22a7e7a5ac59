/**
 * What the fake engine does beside language: it ranks by common words, draws one pixel, and hears what a recording holds as
 * text. Separate from `fake.ts` because our own engines do none of it; shapes as OpenAI, Jina and Cohere document them.
 */
import type { ServerResponse } from 'node:http';
import type { Capability } from '@b3iq/wire/local-api';
import { sendJson } from './openai/http.ts';
import type { InferencePath } from './port.ts';

const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const NEEDED: Partial<Record<InferencePath, Capability>> = {
  '/v1/rerank': 'rerank',
  '/v1/images/generations': 'images',
  '/v1/audio/transcriptions': 'transcriptions',
};

/** Whether the fake does what `path` is for in this file's way. */
export function isMedia(path: string, capabilities: readonly Capability[]): path is InferencePath {
  const needed = Object.entries(NEEDED).find(([known]) => known === path)?.[1];
  return needed !== undefined && capabilities.includes(needed);
}

interface RerankBody {
  readonly model?: string;
  readonly query: string;
  readonly documents: readonly string[];
}

const words = (text: string): string[] => text.match(/\S+/g) ?? [];

/** Query and document are read together, once for each document. */
export function countRerank({ query, documents }: RerankBody): number {
  return documents.reduce((sum, each) => sum + words(query).length + words(each).length, 0);
}

/** @param raw  the body as it came */
export function answerMedia(path: InferencePath, raw: Buffer, response: ServerResponse): void {
  sendJson(response, 200, mediaAnswer(path, raw));
}

function mediaAnswer(path: InferencePath, raw: Buffer): object {
  if (path === '/v1/rerank') return rerank(JSON.parse(raw.toString('utf8')));
  if (path === '/v1/images/generations') return { created: 1_700_000_000, data: [{ b64_json: PIXEL }] };
  const heard = /filename="[^"]*"(?:\r\n[^\r\n]+)*\r\n\r\n([\s\S]*?)\r\n--/.exec(raw.toString('latin1'))?.[1];
  return { text: heard ?? '', usage: { type: 'duration', seconds: 1 } };
}

function rerank(body: RerankBody): object {
  const wanted = new Set(words(body.query));
  const tokens = countRerank(body);
  const results = body.documents.map((document, index) => {
    const common = words(document).filter((word) => wanted.has(word)).length;
    return { index, relevance_score: common / Math.max(1, words(document).length) };
  });
  return {
    object: 'list',
    model: body.model,
    results: results.sort((a, b) => b.relevance_score - a.relevance_score),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}
