/**
 * Stand-ins for servers that hear, from their published APIs. speaches says in its list what each model is for;
 * `startHearingStandIn` is any server with OpenAI's transcriptions that does not. Both write down what the recording holds as text.
 * @see https://speaches.ai/usage/speech-to-text/
 */
import { answerMedia } from '../../fake-media.ts';
import { sendJson } from '../../openai/http.ts';
import { type StandIn, type StandInOptions, startStandIn } from './server.ts';

const PATH = '/v1/audio/transcriptions';

/** A model whose name begins with `kokoro` speaks and does not hear. */
export function startSpeachesStandIn(options: StandInOptions): Promise<StandIn> {
  return startHearingStandIn(options, (id) => ({
    language: ['en'],
    task: id.startsWith('kokoro') ? 'text-to-speech' : 'automatic-speech-recognition',
  }));
}

/** @param more  of a model's line in the list */
export function startHearingStandIn(
  options: StandInOptions,
  more: (id: string) => object = () => ({}),
): Promise<StandIn> {
  return startStandIn(options, async (path, _body, response, { models, raw }) => {
    if (path === '/v1/models') {
      const data = models.map((id) => ({
        id,
        object: 'model',
        created: 0,
        owned_by: 'Systran',
        ...more(id),
      }));
      sendJson(response, 200, { object: 'list', data });
    } else if (path !== PATH) sendJson(response, 404, { detail: 'Not Found' });
    else if (!models.some((id) => raw.includes(`\r\n\r\n${id}\r\n`)))
      sendJson(response, 404, { detail: 'Model is not installed locally.' });
    else answerMedia(path, raw, response);
    return true;
  });
}
