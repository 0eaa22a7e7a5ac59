/** Asks the agent until a verdict stands or the time is over. Separate from the verdict, which knows no sockets. */
import { request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { type ModelSummary, NODE_STATES } from '@b3iq/wire/local-api';
import { z } from 'zod';
import { isAnswer, judgeSigns, type Signs } from './judge.ts';

export interface CheckOptions {
  /** The agent's control socket. */
  readonly controlSocket: string;
  /** Where the setup page is served, 80 on an appliance. */
  readonly pagePort: number;
  readonly limitMs: number;
  readonly everyMs?: number;
}

export interface Checked {
  readonly isGood: boolean;
  /** What was seen, or what was waited for to the end. */
  readonly reason: string;
}

/** Loading the model and answering a few words on a slow machine. */
const ANSWER_LIMIT_MS = 240_000;
const ASK_LIMIT_MS = 10_000;
const MAX_ANSWER_BYTES = 1 << 20;
const QUESTION = 'Does my data leave my machine?';

const healthAnswer = z.object({ status: z.literal('ok'), state: z.enum(NODE_STATES) });
const modelsAnswer = z.object({
  models: z.array(z.looseObject({ id: z.string(), self_test: z.boolean(), state: z.string() })),
});

/** Never throws: whatever goes wrong is waited out, and named when the time is over. */
export async function checkHealth({
  controlSocket,
  pagePort,
  limitMs,
  everyMs = 1_000,
}: CheckOptions): Promise<Checked> {
  const end = performance.now() + limitMs;
  const control = { socketPath: controlSocket };
  let reason = 'the agent to answer';
  while (performance.now() < end) {
    const verdict = judgeSigns(await look(control, pagePort));
    switch (verdict.kind) {
      case 'good':
        return { isGood: true, reason: verdict.because };
      case 'wait':
        reason = verdict.for;
        break;
      case 'ask-endpoint':
        switch (await asked(control, '/api/playground/chat', verdict.model)) {
          case 'answered':
            return { isGood: true, reason: 'the endpoint answers with the self-test model' };
          // Its receipts are in a newer form and wait for this very verdict: the answer alone has to do.
          case 'waits-for-verdict':
            if ((await asked(control, '/api/self-test', undefined)) === 'answered')
              return { isGood: true, reason: 'the self-test model answers; receipts wait for this verdict' };
        }
        reason = 'the endpoint to answer with the self-test model';
        break;
      case 'ask-beside':
        if ((await asked(control, '/api/self-test', undefined)) === 'answered')
          return { isGood: true, reason: 'the self-test model answers beside the owner’s' };
        reason = 'the self-test model to answer beside the owner’s';
        break;
    }
    await wait(everyMs);
  }
  return { isGood: false, reason: `waited in vain for ${reason}` };
}

async function look(control: Target, pagePort: number): Promise<Signs> {
  const health = healthAnswer.safeParse((await ask(control, 'GET', '/health'))?.json).data;
  const page = await ask({ host: '127.0.0.1', port: pagePort }, 'GET', '/setup/');
  const isPage = page?.status === 200 && page.type.startsWith('text/html') && page.text.includes('</html>');
  const models = modelsAnswer.safeParse((await ask(control, 'GET', '/api/models'))?.json).data?.models;
  return {
    state: health?.state,
    page: isPage,
    models: models as readonly ModelSummary[] | undefined, // what the verdict reads of it was checked above
  };
}

type Asked = 'answered' | 'waits-for-verdict' | 'failed';
const onTrial = z.object({ error: z.object({ code: z.literal('update_on_trial') }) });

async function asked(control: Target, path: string, model: string | undefined): Promise<Asked> {
  const body =
    model === undefined
      ? {}
      : { model, temperature: 0, max_tokens: 24, messages: [{ role: 'user', content: QUESTION }] };
  const answer = await ask(control, 'POST', path, body, ANSWER_LIMIT_MS);
  if (answer?.status === 200 && (model === undefined || isAnswer(answer.json))) return 'answered';
  return onTrial.safeParse(answer?.json).success ? 'waits-for-verdict' : 'failed';
}

type Target = { readonly socketPath: string } | { readonly host: string; readonly port: number };
interface Heard {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly json: unknown;
}

/** One call; `undefined` when nothing came back in time. */
function ask(
  target: Target,
  method: 'GET' | 'POST',
  path: string,
  body?: object,
  limitMs = ASK_LIMIT_MS,
): Promise<Heard | undefined> {
  return new Promise((resolve) => {
    const bytes = body === undefined ? undefined : JSON.stringify(body);
    const headers = bytes === undefined ? {} : { 'content-type': 'application/json' };
    const sent = request({
      ...target,
      method,
      path,
      headers,
      agent: false,
      signal: AbortSignal.timeout(limitMs),
    });
    sent.on('error', () => resolve(undefined));
    sent.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('error', () => resolve(undefined));
      response.on('data', (part: string) => {
        text += part;
        if (text.length > MAX_ANSWER_BYTES) response.destroy(new Error('too long'));
      });
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          type: response.headers['content-type'] ?? '',
          text,
          json: parse(text),
        }),
      );
    });
    sent.end(bytes);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
