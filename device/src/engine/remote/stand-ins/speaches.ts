/**
 * Stand-ins for servers that hear, from their published APIs. speaches says in its list what each model is for;
 * `startHearingStandIn` is any server with OpenAI's transcriptions that does not. Both write down what the recording holds as text.
 * `startWhisperStandIn` is whisper.cpp's server, which has one model, no list, and a page that names it.
 * @see https://speaches.ai/usage/speech-to-text/, https://github.com/ggml-org/whisper.cpp/tree/master/examples/server
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

/** @param options.path  what its `--inference-path` says; it listens to any name of a model */
export function startWhisperStandIn(options: {
  readonly key?: string;
  readonly path?: string;
}): Promise<StandIn> {
  const { path: own = PATH, ...rest } = options;
  return startStandIn({ models: [], ...rest }, async (path, _body, response, { raw }) => {
    if (path === '/')
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end(
          `<html><head><title>Whisper.cpp Server</title></head><body><h1>Whisper.cpp Server</h1><h2>${own}</h2></body></html>`,
        );
    else if (path === own && raw.includes('name="file"')) answerMedia(PATH, raw, response);
    else if (path === own) sendJson(response, 400, { error: "no 'file' field in the request" });
    else response.writeHead(404).end(`File Not Found (${path})`);
    return true;
  });
}
