/**
 * Exact prompt counts from engines that offer them. Separate because each engine asks in its own way, and a budget rests
 * on the answer: what cannot be counted exactly is refused, never guessed.
 */
import { z } from 'zod';
import { CodedError } from '../../errors.ts';
import type { InferencePath } from '../port.ts';
import { askForCall, type Remote } from './client.ts';
import { parseCount } from './parse.ts';
import type { Counter } from './types.ts';

/** What of a request is counted; the rest does not change its prompt. */
const countable = z.looseObject({
  messages: z.array(z.looseObject({ content: z.unknown().optional() })).optional(),
  tools: z.array(z.unknown()).optional(),
  prompt: z.unknown().optional(),
  input: z.unknown().optional(),
});

/** llama-server counts these by themselves. @see its README, `/v1/messages/count_tokens` */
const SHAPE_COUNTS: Partial<Record<InferencePath, string>> = {
  '/v1/responses': '/v1/responses/input_tokens',
  '/v1/messages': '/v1/messages/count_tokens',
};

/**
 * Prompt tokens of one choice, all prompts of a list together.
 * @param body  a parsed request with the engine's own name of the model
 * @throws invalid_request when the engine refuses it, capability_unavailable when it cannot be counted,
 *   engine_unavailable
 */
export async function countAt(
  remote: Remote,
  counter: Counter,
  path: InferencePath,
  body: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<number> {
  const parts = countable.safeParse(body);
  if (!parts.success) throw new CodedError('invalid_request', 'messages, tools: expected lists of objects.');
  const { messages, tools, prompt, input } = parts.data;
  if (path === '/v1/chat/completions') {
    if (!(messages ?? []).every(({ content }) => isText(content)))
      throw new CodedError(
        'capability_unavailable',
        'Pictures and sound cannot be counted before they are answered.',
      );
    if (counter === 'llama-server') return ask(remote, `${path}/input_tokens`, body, signal);
    const template = { add_generation_prompt: true, add_special_tokens: false };
    const kwargs =
      body.chat_template_kwargs === undefined ? {} : { chat_template_kwargs: body.chat_template_kwargs };
    const about = {
      model: body.model,
      messages,
      ...(tools === undefined ? {} : { tools }),
      ...template,
      ...kwargs,
    };
    return ask(remote, '/tokenize', about, signal);
  }
  const ownCount = SHAPE_COUNTS[path];
  if (counter === 'llama-server' && ownCount !== undefined) {
    if (showsPictures(body))
      throw new CodedError(
        'capability_unavailable',
        'Pictures and sound cannot be counted before they are answered.',
      );
    return ask(remote, ownCount, body, signal);
  }
  if (path !== '/v1/completions' && path !== '/v1/embeddings')
    throw new CodedError(
      'capability_unavailable',
      'This engine is asked for chats, completions and embeddings.',
    );
  let sum = 0;
  for (const text of promptsOf(path === '/v1/embeddings' ? input : prompt)) {
    if (typeof text !== 'string') sum += text.length;
    else if (counter === 'vllm')
      sum += await ask(
        remote,
        '/tokenize',
        { model: body.model, prompt: text, add_special_tokens: true },
        signal,
      );
    else
      sum += await ask(
        remote,
        '/tokenize',
        { content: text, add_special: true, parse_special: true },
        signal,
      );
  }
  return sum;
}

async function ask(remote: Remote, path: string, body: object, signal: AbortSignal): Promise<number> {
  const { status, json } = await askForCall(remote, path, body, signal);
  const count = status === 200 ? parseCount(json) : undefined;
  if (count !== undefined) return count;
  if (status >= 400 && status < 500)
    throw new CodedError('invalid_request', 'The engine refused to read this request.');
  throw new CodedError('engine_unavailable', 'The engine could not count this request.');
}

/** Content without parts that are no text. */
const isText = (content: unknown): boolean =>
  !Array.isArray(content) || content.every((part) => isTextPart(part));
const isTextPart = (part: unknown): boolean =>
  z.looseObject({ type: z.literal('text') }).safeParse(part).success;

/** A text, tokens, or a list of either. */
function promptsOf(value: unknown): readonly (string | readonly number[])[] {
  const tokens = z.array(z.int());
  const one = z.union([z.string(), tokens]);
  const parsed = z.union([one.transform((prompt) => [prompt]), z.array(one)]).safeParse(value);
  if (!parsed.success)
    throw new CodedError('invalid_request', 'prompt or input: expected a text, tokens, or a list of either.');
  return parsed.data;
}

/** Whether a part of it, however deep, is anything but words and tools. */
function showsPictures(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(showsPictures);
  if (typeof value !== 'object' || value === null) return false;
  if ('type' in value && /^(?:input_)?(?:image|image_url|audio|file|document)$/.test(String(value.type)))
    return true;
  return Object.values(value).some(showsPictures);
}
