/**
 * A stand-in for vLLM, from its published API: the list with `max_model_len`, `/tokenize` for prompts and messages, OpenAI's
 * paths. It answers by rule, one word is one token. A model whose name begins with `rerank` ranks; `sees` reads pictures, and
 * `passes-over` answers as if there were none.
 * @see https://docs.vllm.ai/en/latest/serving/openai_compatible_server/
 */
import { answerMedia } from '../../fake-media.ts';
import { sendJson } from '../../openai/http.ts';
import { type StandIn, type StandInOptions, startStandIn } from './server.ts';

/** @param options.lies  its `/tokenize` is wrong by one: it may not be believed */
export function startVllmStandIn(options: StandInOptions & { readonly lies?: boolean }): Promise<StandIn> {
  return startStandIn(options, async (path, body, response, { models, raw, countWords }) => {
    if (path === '/v1/models') {
      const data = models.map((id) => ({
        id,
        object: 'model',
        created: 1_700_000_000,
        owned_by: 'vllm',
        root: id,
        parent: null,
        max_model_len: 1024,
        permission: [],
      }));
      sendJson(response, 200, { object: 'list', data });
      return true;
    }
    if (path.startsWith('/v1/') && body?.model?.startsWith('rerank')) {
      // A model for ranking does nothing else.
      if (path === '/v1/rerank') answerMedia(path, raw, response);
      else
        sendJson(response, 400, { error: { message: 'not supported', type: 'BadRequestError', code: 400 } });
      return true;
    }
    const parts = path === '/v1/chat/completions' ? body?.messages?.[0]?.content : undefined;
    if (
      Array.isArray(parts) &&
      parts.some(({ type }) => type === 'image_url') &&
      models.includes(body.model)
    ) {
      if (body.model === 'refuses') return false;
      const text = parts.filter(({ type }) => type === 'text');
      const words = await countWords('/v1/chat/completions', { messages: [{ role: 'user', content: text }] });
      const usage = { prompt_tokens: words + (body.model === 'sees' ? 64 : 0), completion_tokens: 1 };
      const message = { role: 'assistant', content: 'Dark.' };
      sendJson(response, 200, { object: 'chat.completion', choices: [{ index: 0, message }], usage });
      return true;
    }
    if (path !== '/tokenize') return false;
    try {
      const words =
        body.messages === undefined
          ? await countWords('/v1/completions', { prompt: body.prompt })
          : await countWords('/v1/chat/completions', { messages: body.messages, tools: body.tools });
      const count = words + (options.lies === true ? 1 : 0);
      sendJson(response, 200, { count, max_model_len: 1024, tokens: [] });
    } catch {
      sendJson(response, 400, { error: { message: 'bad request', type: 'BadRequestError', code: 400 } });
    }
    return true;
  });
}
