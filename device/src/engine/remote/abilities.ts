/**
 * Finds out what a model does beyond plain writing: further shapes of a chat, pictures it reads, ranking, making pictures,
 * hearing. Separate from `probe.ts`, which asks for what nearly every model does. Nothing here makes a picture or costs more
 * than a few tokens: where an answer would, an engine is only asked for a refusal.
 */
import type { Capability } from '@b3iq/wire/local-api';
import type { InferencePath } from '../port.ts';
import { askRemote, type Remote, type RemoteAnswer } from './client.ts';
import { countAt } from './count.ts';
import { type ProbeAnswer, parseRanking, parseShapeUsage } from './parse.ts';
import type { Counter } from './types.ts';

/** A question to the engine; the whole of it is bounded. */
export type Ask = (path: string, body: unknown) => Promise<RemoteAnswer>;

const HELLO = [{ role: 'user', content: 'Hello' }];
/** 64 × 64 black pixels: models that cut pictures into pieces refuse smaller ones. */
const PICTURE =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAEAAAABAAQAAAACCEkxzAAAAD0lEQVR42mNgGAWjgHwAAAJAAAHgTR1EAAAAAElFTkSuQmCC';

/** What of it is asked for in a shape of its own, by the shape's path. OpenAI itself gives a response no less than 16 tokens. */
const SHAPES = [
  {
    path: '/v1/responses',
    ability: 'responses',
    body: { input: 'Hello', max_output_tokens: 16, store: false },
  },
  { path: '/v1/messages', ability: 'messages', body: { messages: HELLO, max_tokens: 1 } },
] as const;

export interface Abilities {
  readonly capabilities: readonly Capability[];
  /** Shapes whose count is the usage of their answer. */
  readonly counted: readonly InferencePath[];
}

/** Responses and Messages, each by one short answer that adds up. @param counter  how the engine counts chats, if it does */
export async function tryShapes(
  ask: Ask,
  remote: Remote,
  model: string,
  counter: Counter | undefined,
  signal: AbortSignal,
): Promise<Abilities> {
  const capabilities: Capability[] = [];
  const counted: InferencePath[] = [];
  for (const { path, ability, body } of SHAPES) {
    const request = { model, temperature: 0, ...body };
    const { status, json } = await ask(path, request);
    const used = status === 200 ? parseShapeUsage(json) : undefined;
    if (used === undefined) continue;
    capabilities.push(ability);
    if (counter === undefined) continue;
    const count = await countAt(remote, counter, path, request, signal).catch(() => undefined);
    if (count === used) counted.push(path);
  }
  return { capabilities, counted };
}

/** Whether shapes are there at all, of an engine that tells of its models itself: asked for nothing, it refuses, and loads none. */
export async function tryShapePaths(ask: Ask): Promise<readonly Capability[]> {
  const found: Capability[] = [];
  for (const { path, ability } of SHAPES) if (isRefusal(await ask(path, {}))) found.push(ability);
  return found;
}

/** A model that reads pictures reads more with one than without; one that only passes over it does not. */
export async function readsPictures(
  chat: (more: object) => Promise<ProbeAnswer | undefined>,
  plain: ProbeAnswer,
): Promise<boolean> {
  const content = [
    { type: 'text', text: 'Hello' },
    { type: 'image_url', image_url: { url: PICTURE } },
  ];
  const seen = await chat({ messages: [{ role: 'user', content }] });
  return (seen?.usage.prompt_tokens ?? 0) > plain.usage.prompt_tokens;
}

/** Two words against one. */
export async function ranks(ask: Ask, model: string): Promise<boolean> {
  const { status, json } = await ask('/v1/rerank', { model, query: 'sea', documents: ['land', 'sea'] });
  return status === 200 && parseRanking(json) === 2;
}

/** Of a model that writes, embeds and ranks nothing: whether it makes pictures or hears. */
export async function tryMedia(
  ask: Ask,
  remote: Remote,
  model: string,
  signal: AbortSignal,
): Promise<readonly Capability[]> {
  // An engine that refuses whatever it is asked says nothing by that.
  if (isRefusal(await ask('/v1/b3iq_probe', {}))) return [];
  // Without a prompt there is nothing to be drawn: whoever could says what is missing.
  if (isRefusal(await ask('/v1/images/generations', { model }))) return ['images'];
  return (await hears(remote, model, signal)) ? ['transcriptions'] : [];
}

const isRefusal = ({ status, json }: RemoteAnswer): boolean =>
  (status === 400 || status === 422) && typeof json === 'object' && json !== null;

const BOUNDARY = 'b3iq-probe-3f9c1d70';

/** A tenth of a second of silence, written down. */
async function hears({ origin, headers }: Remote, model: string, signal: AbortSignal): Promise<boolean> {
  const part = (head: string) => Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; ${head}\r\n`);
  const form = Buffer.concat([
    part('name="model"'),
    Buffer.from(`\r\n${model}\r\n`),
    part('name="file"; filename="silence.wav"'),
    Buffer.from('Content-Type: audio/wav\r\n\r\n'),
    silence(),
    Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
  ]);
  const type = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` };
  const answer = await askRemote(
    { origin, headers: { ...headers, ...type } },
    '/v1/audio/transcriptions',
    new Uint8Array(form),
    signal,
  );
  const { status, json } = answer;
  return (
    status === 200 &&
    typeof json === 'object' &&
    json !== null &&
    'text' in json &&
    typeof json.text === 'string'
  );
}

/** 16,000 samples a second of 16 bits, one channel. @see RFC 2361, Microsoft's RIFF/WAVE */
function silence(): Buffer {
  const bytes = 3_200;
  const wav = Buffer.alloc(44 + bytes);
  wav.write('RIFF', 0, 'latin1');
  wav.writeUInt32LE(36 + bytes, 4);
  wav.write('WAVEfmt ', 8, 'latin1');
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(16_000, 24);
  wav.writeUInt32LE(32_000, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36, 'latin1');
  wav.writeUInt32LE(bytes, 40);
  return wav;
}
