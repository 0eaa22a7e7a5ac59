/**
 * A stand-in for Ollama, from its published API: `/api/tags`, `/api/show`, OpenAI's paths. It answers by rule, one word is one
 * token, and once whatever `n` says. A model whose name begins with `embed` only embeds.
 * @see https://docs.ollama.com/api/tags, https://docs.ollama.com/api-reference/show-model-details
 */
import { sendJson } from '../../openai/http.ts';
import { type StandIn, type StandInOptions, startStandIn } from './server.ts';

export function startOllamaStandIn(options: StandInOptions): Promise<StandIn> {
  return startStandIn(options, async (path, body, response, { models }) => {
    if (path === '/api/tags') {
      const tags = models.map((name) => ({
        name,
        model: name,
        modified_at: '2026-05-04T17:37:44.706015396Z',
        size: 3_826_793_677,
        digest: 'f'.repeat(64),
        details: {
          format: 'gguf',
          family: 'llama',
          families: ['llama'],
          parameter_size: '7B',
          quantization_level: 'Q4_0',
        },
      }));
      sendJson(response, 200, { models: tags });
      return true;
    }
    if (path === '/api/show') {
      if (!models.includes(body?.model)) sendJson(response, 404, { error: 'model not found' });
      else
        sendJson(response, 200, {
          details: { format: 'gguf', family: 'llama' },
          model_info: { 'general.architecture': 'llama', 'llama.context_length': 8192 },
          capabilities: body.model.startsWith('embed')
            ? ['embedding']
            : ['completion', 'tools', 'insert', 'thinking'],
        });
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
