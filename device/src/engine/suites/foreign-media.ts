/**
 * What the agent relies on from an engine somebody else runs that makes pictures or hears, and nothing else. Separate from
 * `foreign.ts`: such an engine writes nothing, counts nothing, and has one path.
 */
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, bytesOf, type Json } from '../fixtures/ask.ts';
import type { Engine } from '../port.ts';

/** @param makeEngine  one whose source has looked; called once */
export function mediaContract(
  name: string,
  ability: 'images' | 'transcriptions',
  makeEngine: () => Promise<{ readonly engine: Engine; readonly remove: () => Promise<void> }>,
): void {
  describe(`${name} keeps what is asked of an engine for ${ability}`, () => {
    let engine: Engine;
    let remove: () => Promise<void>;
    beforeAll(async () => {
      ({ engine, remove } = await makeEngine());
      await engine.start();
    });
    afterAll(async () => {
      await engine.stop();
      await remove();
    });

    test('that is all it does, one call at a time, and it counts nothing', async () => {
      expect(engine.state()).toEqual({ name: 'ready' });
      expect(engine.model.capabilities).toEqual([ability]);
      expect(engine.slots).toBe(1);
      const body = bytesOf({ messages: [], prompt: 'x' });
      await expect(
        engine.countPrompt('/v1/chat/completions', body, AbortSignal.timeout(5_000)),
      ).rejects.toMatchObject({ code: 'capability_unavailable' });
    });

    test('a call goes through in OpenAI’s shape', async () => {
      if (ability === 'images') {
        const { status, json } = await ask(engine, '/v1/images/generations', {
          prompt: 'a lighthouse',
          n: 1,
        });
        expect(status).toBe(200);
        const [picture] = json.data;
        expect(Buffer.from(picture.b64_json, 'base64').subarray(1, 4).toString()).toBe('PNG');
      } else
        expect(await hear(engine, 'hello there')).toMatchObject({
          status: 200,
          json: { text: 'hello there' },
        });
    });

    test('after its stop it is stopped, and starts again', async () => {
      await engine.stop();
      expect(engine.state()).toEqual({ name: 'stopped' });
      await engine.start();
      expect(engine.state()).toEqual({ name: 'ready' });
    });
  });
}

/** A form as clients write it, under the engine's own name of the model. */
function hear(engine: Engine, recording: string): Promise<{ readonly status: number; readonly json: Json }> {
  const origin = engine.address.kind === 'origin' ? engine.address.origin : '';
  const form = [
    '--b3iq\r\nContent-Disposition: form-data; name="model"\r\n\r\n',
    `${engine.upstream?.model}\r\n`,
    '--b3iq\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\n',
    `${recording}\r\n--b3iq--\r\n`,
  ];
  const headers = { ...engine.upstream?.headers, 'content-type': 'multipart/form-data; boundary=b3iq' };
  return new Promise((resolve, reject) => {
    const sent = request(`${origin}/v1/audio/transcriptions`, { method: 'POST', headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, json: JSON.parse(Buffer.concat(chunks).toString()) }),
      );
    });
    sent.on('error', reject);
    sent.end(form.join(''));
  });
}
