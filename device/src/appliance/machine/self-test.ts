/**
 * Has the image's own model answer in an engine of its own, beside whatever the owner runs, and ends it again.
 * Separate from the engine that serves: the health gate must not depend on an owner's choice, nor disturb it.
 */
import { request } from 'node:http';
import type { Engine } from '../../engine/port.ts';
import { CodedError, errorChain } from '../../errors.ts';
import type { Log } from '../../os/log.ts';
import { isAnswer } from '../health/judge.ts';

/** A few words on the slowest machine. */
const ANSWER_LIMIT_MS = 120_000;
const MAX_ANSWER_BYTES = 1 << 20;
const QUESTION = 'Does my data leave my machine?';

/** @param makeEngine  an engine with the self-test model, not started, that no other part uses */
export function selfTest(makeEngine: () => Promise<Engine>, log: Log): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= answerOnce(makeEngine, log).finally(() => {
      running = undefined;
    });
    return running;
  };
}

async function answerOnce(makeEngine: () => Promise<Engine>, log: Log): Promise<void> {
  const engine = await makeEngine();
  try {
    await engine.start();
    const { name, reason } = engine.state();
    if (name !== 'ready')
      throw new CodedError('engine_failed', `The self-test model did not start. ${reason ?? ''}`.trim());
    if (!isAnswer(await ask(engine)))
      throw new CodedError('engine_failed', 'The self-test model gave no answer.');
    log.info('self_test.answered');
  } catch (error) {
    log.error('self_test.failed', { reason: errorChain(error) });
    throw error instanceof CodedError ? error : new CodedError('engine_failed', undefined, { cause: error });
  } finally {
    await engine.stop();
  }
}

function ask({ address, model }: Engine): Promise<unknown> {
  const body = JSON.stringify({
    model: model.id,
    temperature: 0,
    max_tokens: 24,
    messages: [{ role: 'user', content: QUESTION }],
  });
  const options = {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    agent: false as const,
    signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
  };
  const path = '/v1/chat/completions';
  return new Promise((resolve, reject) => {
    const sent =
      address.kind === 'socket'
        ? request({ ...options, socketPath: address.path, path })
        : request(new URL(path, address.origin), options);
    sent.on('error', reject);
    sent.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('error', reject);
      response.on('data', (part: string) => {
        text += part;
        if (text.length > MAX_ANSWER_BYTES) response.destroy(new Error('the answer does not end'));
      });
      response.on('end', () => {
        try {
          resolve(JSON.parse(text));
        } catch (error) {
          reject(error);
        }
      });
    });
    sent.end(body);
  });
}
