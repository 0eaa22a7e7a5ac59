/**
 * A stand-in for stable-diffusion.cpp's `sd-server`, from its published API: a list with one model, and OpenAI's pictures. It
 * draws one pixel for any prompt. Nothing of it writes, so OpenAI's other paths are not there.
 * @see https://github.com/leejet/stable-diffusion.cpp/tree/master/examples/server
 */
import { answerMedia } from '../../fake-media.ts';
import { sendJson } from '../../openai/http.ts';
import { type StandIn, type StandInOptions, startStandIn } from './server.ts';

export async function startSdServerStandIn(
  options: StandInOptions,
): Promise<StandIn & { /** Pictures made. */ drawn(): number }> {
  let drawn = 0;
  const standIn = await startStandIn(options, async (path, body, response, { models, raw }) => {
    if (path === '/v1/models') {
      const data = models.map((id) => ({ id, object: 'model', owned_by: 'local' }));
      sendJson(response, 200, { data });
    } else if (path !== '/v1/images/generations') response.writeHead(404).end();
    else if (typeof body?.prompt !== 'string' || body.prompt === '')
      sendJson(response, 400, { error: 'prompt required' });
    else {
      drawn += 1;
      answerMedia(path, raw, response);
    }
    return true;
  });
  return { ...standIn, drawn: () => drawn };
}
