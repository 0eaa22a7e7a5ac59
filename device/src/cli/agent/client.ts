/** Calls to the agent with checked answers. Separate so that commands speak of keys and receipts, never of HTTP. */
import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { problem, readTrouble, refusal } from '../problems.ts';
import { type Call, readBody, send, type Target } from './socket.ts';

export interface Client {
  /** One call. @throws CliError: agent_unreachable, agent_answer_invalid, or the agent's own refusal */
  ask<T>(call: Call, answer: z.ZodType<T>): Promise<T>;
  /** The answer's stream after a 2xx; refusals are thrown as in `ask`. */
  open(call: Call): Promise<IncomingMessage>;
}

export function openClient(target: Target): Client {
  const open = async (call: Call): Promise<IncomingMessage> => {
    const response = await send(target, call);
    const status = response.statusCode ?? 0;
    if (status >= 200 && status < 300) return response;
    const body = parsedJson(await readBody(response));
    const trouble = readTrouble(status, body, response.headers['retry-after']);
    throw trouble === undefined
      ? problem(
          'agent_answer_invalid',
          `The agent refused with status ${status} and no reason that could be read.`,
        )
      : refusal(trouble);
  };
  return {
    open,
    ask: async (call, answer) => {
      const response = await open(call);
      const body = parsedJson(await readBody(response));
      const checked = answer.safeParse(body);
      if (!checked.success)
        throw problem(
          'agent_answer_invalid',
          `The agent’s answer to ${call.method} ${call.path.split('?', 1)[0]} is not what this version knows. Check both versions with \`b3iq-host version\`.`,
          checked.error,
        );
      return checked.data;
    },
  };
}

/** `undefined` for what is not JSON; no answer of the agent is `undefined`. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the schema, or the missing error object, says what follows
  }
}
