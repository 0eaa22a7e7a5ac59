/**
 * A stand-in for LM Studio, from its published API: `/api/v0/models` beside OpenAI's paths, all models listed whether loaded or
 * not. It answers by rule, one word is one token, and once whatever `n` says. A model whose name begins with `embed` only embeds.
 * @see https://lmstudio.ai/docs/developer/rest/endpoints
 */
import { sendJson } from '../../openai/http.ts';
import { type StandIn, type StandInOptions, startStandIn } from './server.ts';

export function startLmStudioStandIn(options: StandInOptions): Promise<StandIn> {
  return startStandIn(options, async (path, body, response, { models }) => {
    if (path === '/v1/models') {
      const data = models.map((id) => ({ id, object: 'model', owned_by: 'organization_owner' }));
      sendJson(response, 200, { object: 'list', data });
      return true;
    }
    if (path === '/api/v0/models') {
      const data = models.map((id) => ({
        id,
        object: 'model',
        type: id.startsWith('embed') ? 'embeddings' : 'llm',
        publisher: 'lmstudio-community',
        arch: 'qwen3',
        compatibility_type: 'gguf',
        quantization: 'Q4_K_M',
        state: 'not-loaded',
        max_context_length: 32_768,
        ...(id.startsWith('embed') ? {} : { capabilities: ['tool_use'] }),
      }));
      sendJson(response, 200, { object: 'list', data });
      return true;
    }
    if ((path === '/v1/responses' || path === '/v1/messages') && body?.model === undefined) {
      sendJson(response, 400, { error: { message: 'model is required', type: 'invalid_request_error' } });
      return true;
    }
    if (body?.n !== undefined) delete body.n;
    return false;
  });
}
