/** A conversation at a terminal. Separate from `chat.ts` because it owns the keyboard. */
import { createInterface } from 'node:readline';
import { EXIT } from '../argv/types.ts';
import type { Context } from '../context.ts';
import { ReaderGone } from '../output.ts';
import { asCliError, sentence } from '../problems.ts';
import { printable } from '../text/words.ts';
import { describeAnswer, type Message, type Road, streamAnswer } from './answer.ts';

const HELP = '/clear begins anew · /exit or Ctrl-D ends · Ctrl-C stops an answer, then the program';

/** Asks, answers, asks again, until Ctrl-D, `/exit`, or Ctrl-C while nothing is being answered. */
export async function converse(context: Context, road: Road, system: readonly Message[]): Promise<number> {
  const { io, out } = context;
  const lines = createInterface({ input: io.stdin, output: io.stdout, terminal: true, prompt: '› ' });
  let running: AbortController | undefined;
  const interrupt = () => (running === undefined ? lines.close() : running.abort());
  lines.on('SIGINT', interrupt);
  const release = io.onInterrupt(interrupt);
  let messages = system;
  await out.note(out.dim(HELP));
  lines.prompt();
  try {
    for await (const line of lines) {
      const typed = line.trim();
      if (typed === '/exit' || typed === '/quit') break;
      if (typed === '/clear') messages = system;
      else if (typed === '/help' || typed === '/?') await out.note(HELP);
      else if (typed !== '') {
        running = new AbortController();
        messages = await turn(context, road, [...messages, { role: 'user', content: line }], running.signal);
        running = undefined;
      }
      lines.prompt();
    }
  } finally {
    release();
    lines.close();
  }
  await out.raw('\n');
  return EXIT.ok;
}

/** One question and its answer; a refused question is forgotten, so that the next one has a chance. */
async function turn(
  { out }: Context,
  road: Road,
  messages: readonly Message[],
  signal: AbortSignal,
): Promise<readonly Message[]> {
  try {
    const answer = await streamAnswer(road, messages, signal, async (_event, text) => {
      if (text !== '') await out.raw(printable(text, true));
    });
    await out.raw('\n');
    await out.note(out.dim(describeAnswer(answer)));
    return [...messages, { role: 'assistant', content: answer.text }];
  } catch (error) {
    if (error instanceof ReaderGone) throw error;
    await out.warn(sentence(asCliError(error).trouble));
    return messages.slice(0, -1);
  }
}
